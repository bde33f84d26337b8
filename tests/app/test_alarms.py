"""Alarms: each cause is shown while it is there and mailed about once, whatever breaks meanwhile."""

import json
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis

from tests.asking import ask
from tests.log_lines import Process
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.worker.told import progressed, sent, started
from worker import events, keys, states
from worker.stream import Log

Start = Callable[..., Service]
ADDRESS, OTHER = "ops@example.com", "boss@example.com"
MAILS = {"ALERT_EMAILS": f"{ADDRESS}, {OTHER}", "PUBLIC_URL": "https://board.example"}


def alarms(web: Service) -> list[dict[str, Any]]:
    """Those that the web tells of, by cause and subject."""
    rows: list[dict[str, Any]] = json.loads(ask(web, "/api/alarms")[2])["alarms"]
    return sorted(rows, key=lambda row: (row["cause"], row["subject"]))


def fail(log: Log, *task_ids: str, error: str = "ValueError: no paper", state: str = states.FAILURE) -> None:
    """These tasks end badly."""
    for task_id in task_ids:
        log.append(sent(task_id))
        log.append(started(task_id))
        log.append(events.ended("task-ended", task_id, state, "r1", 1, error=error, summary=error))


def counted(web: Service) -> list[tuple[str, str, int]]:
    """What the web tells of: cause, detail, how often."""
    return [(row["cause"], row["detail"], row["count"]) for row in alarms(web)]


def mails_come(smtp_server: SmtpServer) -> None:
    """Until each address has one."""
    wait_until(lambda: len(smtp_server.times_sent()) == 2, 40, "the mails are there")


def looked(web: Service, redis_client: redis.Redis) -> None:
    """Until somebody has looked for alarms, so that what happens from now on is news."""
    wait_until(lambda: redis_client.get(keys.ALARMS_OFFSET), 10, "the first look has been taken")


@pytest.fixture
def worker(start_worker: Start) -> Service:
    return start_worker("--concurrency=1", MAIL_RETRY_S="0.2", MAIL_TIMEOUT_S="2")


def test_500_failures_of_one_cause_are_one_alarm_and_one_mail_of_two_webs(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    webs = [start_web(**MAILS), start_web(**MAILS)]
    looked(webs[0], redis_client)
    Process(redis_client).log("the last words of it", task_id="t499", level="ERROR")
    fail(log, *(f"t{number}" for number in range(500)))
    mails_come(smtp_server)
    for web in webs:
        wait_until(lambda web=web: counted(web) == [("failed", "ValueError", 500)], 10, "all are counted")
    (mail,) = smtp_server.sent_to(ADDRESS)
    assert "[Pushboard] Failed: " in mail.subject and "(ValueError)" in mail.subject
    assert "ValueError: no paper" in mail.text and "https://board.example/tasks/t" in mail.text
    fail(log, "t500", error="KeyError: 'x'")
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 2, 40, "another cause has a mail of its own")
    assert [row["count"] for row in alarms(webs[0])] == [500, 1] or [row["count"] for row in alarms(webs[0])] == [
        1,
        500,
    ]
    assert smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}


def test_the_mail_has_the_last_lines_of_the_task_and_no_secrets_of_the_address(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    looked(web, redis_client)
    Process(redis_client).log(*(f"line {number}" for number in range(70)), task_id="t1")
    fail(log, "t1", state=states.LOST)
    mails_come(smtp_server)
    body = smtp_server.sent_to(OTHER)[0].text
    assert "line 69" in body and "line 20" in body and "line 19" not in body
    assert "https://board.example/logs?task=t1" in body
    assert ADDRESS not in body


def test_without_addresses_it_is_shown_and_nobody_is_written_to(
    web: Service, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    looked(web, redis_client)
    fail(log, "t1")
    wait_until(lambda: counted(web) == [("failed", "ValueError", 1)], 10, "it is shown")
    assert redis_client.zcard(keys.ALARM_MAILS) == redis_client.zcard(keys.ALARM_MAILS_SENT) == 0
    assert not smtp_server.times_sent()


def test_what_failed_while_no_web_ran_is_told_by_the_next_and_nothing_twice(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    looked(web, redis_client)
    fail(log, "t1")
    mails_come(smtp_server)
    web.kill()
    fail(log, "t2")
    fail(log, "t3", error="KeyError: 'x'")
    web.start()
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 2, 40, "the other mail is there")
    wait_until(lambda: sorted(counted(web)) == [("failed", "KeyError", 1), ("failed", "ValueError", 2)], 10, "counted")
    assert smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}


def test_a_worker_that_is_killed_is_an_alarm_until_it_is_back_and_another_sends_the_mail(
    start_web: Start, start_worker: Start, worker: Service, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    other = start_worker("--concurrency=1", "--hostname=doomed@host", MAIL_RETRY_S="0.2")
    said = "/api/logs?worker=doomed%40host&q=ready"
    wait_until(lambda: json.loads(ask(web, said)[2])["rows"], 10, "its lines are there")
    other.kill()
    wait_until(lambda: alarms(web), 20, "it is missed")
    (alarm,) = alarms(web)
    assert (alarm["cause"], alarm["subject"], alarm["said"]) == ("worker", "doomed@host", "It ran no task.")
    mails_come(smtp_server)
    body = smtp_server.sent_to(ADDRESS)[0].text
    assert "A worker is gone: doomed@host" in body and "doomed@host ready." in body
    other.start()
    wait_until(lambda: not alarms(web), 20, "it is over")


def test_the_only_worker_dies_and_the_mail_goes_out_when_one_is_there_again(
    start_web: Start, worker: Service, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    worker.kill()
    wait_until(lambda: [row["cause"] for row in alarms(web)] == ["worker"], 20, "it is missed")
    assert not smtp_server.times_sent()
    worker.start()
    mails_come(smtp_server)
    assert "A worker is gone" in smtp_server.sent_to(ADDRESS)[0].subject


def test_a_queue_that_nobody_empties_is_an_alarm_until_it_is_emptied(
    start_web: Start, worker: Service, smtp_server: SmtpServer
) -> None:
    web = start_web(ALERT_QUEUE_SECONDS="2")
    worker.signal(signal.SIGSTOP)
    for _ in range(3):  # the worker has asked for one already
        ask(web, "/longtask", "POST", "{}", Content_Type="application/json")
    wait_until(
        lambda: [row["cause"] for row in alarms(web) if row["subject"] == "celery"] == ["queue"], 20, "it is old"
    )
    worker.signal(signal.SIGCONT)
    wait_until(lambda: not [row for row in alarms(web) if row["cause"] == "queue"], 20, "it is over")


def test_a_stalled_task_is_an_alarm_until_it_goes_on(web: Service, log: Log, redis_client: redis.Redis) -> None:
    log.append(sent("t1"))
    log.append(started("t1"))
    log.append(progressed(1))
    redis_client.hset(keys.row("t1"), mapping={"started_at": time.time() - 400, "progress_at": time.time() - 300})
    wait_until(lambda: [(row["cause"], row["task"]) for row in alarms(web)] == [("stalled", "t1")], 10, "it stands")
    log.append(progressed(2))
    wait_until(lambda: not alarms(web), 10, "it goes on")


def test_an_alarm_that_was_seen_is_put_aside_until_it_happens_again(
    web: Service, log: Log, redis_client: redis.Redis
) -> None:
    looked(web, redis_client)
    fail(log, "t1")
    wait_until(lambda: alarms(web), 10, "it is shown")
    address = f"/api/alarms/{alarms(web)[0]['id'].removeprefix('alarm:')}"
    assert ask(web, address, "DELETE")[0] == 200
    wait_until(lambda: not alarms(web), 5, "it is put aside")
    fail(log, "t2")
    wait_until(lambda: [row["count"] for row in alarms(web)] == [2], 10, "it is shown again")
    assert ask(web, "/api/alarms/0123456789abcdef", "DELETE")[0] == 404


def test_mails_are_bounded_and_what_is_held_back_is_sent_later(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS | {"ALERT_MAILS_AN_HOUR": "2"})
    looked(web, redis_client)
    for number in range(5):
        fail(log, f"t{number}", error=f"Error{number}: x")
    wait_until(lambda: len(alarms(web)) == 5, 10, "all five are shown")
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 2, 40, "two are mailed")
    assert sorted(row["mails"] for row in alarms(web)) == [0, 0, 0, 1, 1]
    redis_client.delete(keys.ALARM_MAILS_SENT)  # an hour later
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 4, 40, "two more are mailed")

"""Alarms about what has happened: counted by cause, shown, mailed about once, whatever breaks meanwhile."""

import pytest
import redis

from tests.alarming import ADDRESS, MAILS, OTHER, Start, alarms, counted, fail, looked, mails_come
from tests.asking import ask
from tests.log_lines import Process
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker import keys, states
from worker.stream import Log


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
    wait_until(lambda: smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}, 40, "another cause has a mail of its own")
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


def test_a_failure_is_told_in_the_words_of_the_board(
    web: Service, worker: Service, log: Log, redis_client: redis.Redis
) -> None:
    looked(web, redis_client)
    fail(log, "t1", error="TimeLimitExceeded: TimeLimitExceeded(9,)", summary="Stopped: it ran longer than 9 s")
    wait_until(lambda: counted(web) == [("failed", "TimeLimitExceeded", 1)], 10, "it is shown")
    assert alarms(web)[0]["said"] == "Stopped: it ran longer than 9 s"


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
    wait_until(lambda: smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}, 40, "the other mail is there")
    wait_until(lambda: sorted(counted(web)) == [("failed", "KeyError", 1), ("failed", "ValueError", 2)], 10, "counted")
    assert smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}


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
    wait_until(lambda: smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}, 40, "two are mailed")
    assert sorted(row["mails"] for row in alarms(web)) == [0, 0, 0, 1, 1]
    redis_client.delete(keys.ALARM_MAILS_SENT)  # an hour later
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 4, 40, "two more are mailed")


def test_a_cause_that_comes_and_goes_is_mailed_about_once_an_hour(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    looked(web, redis_client)
    fail(log, "t1")
    mails_come(smtp_server)
    redis_client.delete(keys.ALARMS)  # it is over
    wait_until(lambda: not alarms(web), 5, "it is over")
    fail(log, "t2")
    wait_until(lambda: alarms(web), 10, "it is shown again")
    assert alarms(web)[0]["mails"] == 0
    redis_client.delete(*redis_client.keys(keys.alarm_mailed("*")))  # an hour later
    wait_until(lambda: smtp_server.times_sent() == {ADDRESS: 2, OTHER: 2}, 40, "there is another mail")

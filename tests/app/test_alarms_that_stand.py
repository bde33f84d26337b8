"""Alarms about what is not as it should be: shown and mailed about while it is so."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.alarming import ADDRESS, MAILS, Start, alarms, mails_come
from tests.asking import ask
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.worker.told import progressed, sent, started
from worker import keys
from worker.fleet import SILENCE_S
from worker.stream import Log


@pytest.fixture
def worker(start_worker: Start) -> Service:
    return start_worker("--concurrency=1", MAIL_RETRY_S="0.2", MAIL_TIMEOUT_S="2")


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


def test_a_queue_that_nobody_empties_is_an_alarm_until_it_is_emptied(start_web: Start, start_worker: Start) -> None:
    web = start_web(ALERT_QUEUE_SECONDS="2")
    ask(web, "/longtask", "POST", "{}", Content_Type="application/json")
    wait_until(
        lambda: [(row["cause"], row["subject"]) for row in alarms(web)] == [("queue", "celery")], 30, "it is old"
    )
    assert alarms(web)[0]["said"] == "1 message waits. No worker takes from it."
    start_worker("--concurrency=1")
    wait_until(lambda: not alarms(web), 20, "it is over")


def test_a_stalled_task_is_an_alarm_until_it_goes_on_however_many_newer_ones_run(
    web: Service, log: Log, redis_client: redis.Redis
) -> None:
    log.append(sent("t1"))
    log.append(started("t1"))
    log.append(progressed(1))
    redis_client.hset(keys.row("t1"), mapping={"started_at": time.time() - 400, "progress_at": time.time() - 300})
    log.append_all(told for number in range(1_050) for told in (sent(f"n{number}"), started(f"n{number}")))
    wait_until(lambda: [(row["cause"], row["task"]) for row in alarms(web)] == [("stalled", "t1")], 30, "it stands")
    log.append(progressed(2))
    wait_until(lambda: not alarms(web), 10, "it goes on")


class TestWithoutRedis:
    @pytest.fixture
    def redis_server(self, tmp_path: Path) -> Iterator[RedisServer]:
        """One that may be stopped."""
        with RedisServer.start(tmp_path / "redis") as server:
            yield server

    def test_when_it_is_back_nobody_is_missed_who_needs_a_moment(
        self, start_web: Start, worker: Service, redis_server: RedisServer, smtp_server: SmtpServer
    ) -> None:
        web = start_web(**MAILS)
        worker.signal(signal.SIGSTOP)
        redis_server.kill()
        time.sleep(SILENCE_S + 1)
        redis_server.restart()
        wait_until(lambda: ask(web, "/readyz")[0] == 200, 20, "the web is back")
        for wakes in (True, False):
            until = time.monotonic() + 5
            while time.monotonic() < until:
                assert not alarms(web)
                time.sleep(0.2)
            worker.signal(signal.SIGCONT if wakes else 0)
        assert not smtp_server.times_sent()

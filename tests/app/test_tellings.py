"""Told by e-mail of a task's end if no tab is open: exactly when that is so, once, whatever breaks meanwhile."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
import socketio

from launcher.redis_server import RedisServer
from tests.asking import ask
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.worker.told import sent, started, succeeded
from worker import keys
from worker.stream import Log
from worker.tellings import AWAY_S, MOST_AN_HOUR

Start = Callable[..., Service]
BROWSER = "0123456789abcdef" * 2
ADDRESS = "ada@example.com"
MAIL_TIMEOUT_S = 40.0
HEADERS = {"Content-Type": "application/json"}


def tell(web: Service, email: object = ADDRESS, task_id: str = "t1", browser: str = BROWSER, **more: str) -> Any:
    status, _, answer = ask(
        web, f"/api/tasks/{task_id}/tellings/{browser}", "PUT", json.dumps({"email": email}), **HEADERS | more
    )
    return status, json.loads(answer)


def take_back(web: Service, task_id: str = "t1") -> Any:
    status, _, answer = ask(web, f"/api/tasks/{task_id}/tellings/{BROWSER}", "DELETE")
    return status, json.loads(answer)


def run(log: Log, task_id: str = "t1") -> None:
    log.append(sent(task_id))
    log.append(started(task_id))


def mailed(smtp_server: SmtpServer) -> None:
    wait_until(lambda: smtp_server.sent_to(ADDRESS), MAIL_TIMEOUT_S, "the mail is there")


@contextmanager
def tab(web: Service, browser: str = BROWSER) -> Iterator[socketio.Client]:
    """A tab's connection, as the page makes it."""
    client = socketio.Client()
    client.connect(web.url, transports=["websocket"], auth={"browser": browser})
    try:
        yield client
    finally:
        client.disconnect()


@pytest.fixture
def worker(start_worker: Start) -> Service:
    return start_worker("--concurrency=1", MAIL_RETRY_S="0.2", MAIL_TIMEOUT_S="2")


def test_two_webs_see_the_end_and_one_mail_goes_out(
    start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer, redis_client: redis.Redis
) -> None:
    webs = [start_web(PUBLIC_URL="https://board.example/"), start_web()]
    run(log)
    assert tell(webs[0], Host=f"localhost:{webs[0].port}") == (200, {"state": "asked", "email": ADDRESS})
    log.append(succeeded())
    mailed(smtp_server)
    time.sleep(5)  # two more looks of each
    [mail] = smtp_server.sent_to(ADDRESS)
    assert mail.subject == "Succeeded: trial.count"
    assert "https://board.example/tasks/t1\n" in mail.text
    assert "Succeeded after 0 s: 42" in mail.text
    assert redis_client.zcard(keys.TELLINGS) == 0
    assert take_back(webs[0]) == (200, {"state": "mailed"})


def test_a_browser_with_a_tab_at_another_web_gets_none_until_it_has_gone(
    start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer, redis_client: redis.Redis
) -> None:
    here, there = start_web(), start_web()
    run(log)
    with tab(there):
        tell(here)
        wait_until(lambda: redis_client.zscore(keys.PRESENT, BROWSER), 5, "it is known to be here")
        log.append(succeeded())
        time.sleep(AWAY_S + 8)
        assert not smtp_server.mails, "a tab is open"
    time.sleep(AWAY_S / 2)
    with tab(here):
        time.sleep(4)  # a reload
    gone_at = time.monotonic()
    mailed(smtp_server)
    assert time.monotonic() - gone_at > AWAY_S - 3, "told too soon after the reload"
    assert len(smtp_server.mails) == 1


def test_what_a_tab_has_told_is_not_mailed(
    start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer, redis_client: redis.Redis
) -> None:
    web = start_web()
    for task_id in ("t1", "t2"):
        run(log, task_id)
        tell(web, task_id=task_id, browser=BROWSER)
        log.append(succeeded(task_id))
    assert take_back(web) == (200, {"state": "taken_back"})
    assert take_back(web) == (200, {"state": "none"})
    mailed(smtp_server)  # t2's, so the looks have begun
    time.sleep(5)
    assert [mail.text.count("/tasks/t2") for mail in smtp_server.mails] == [1]


def test_a_task_that_ended_while_no_web_ran_is_told_by_the_next(
    start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer
) -> None:
    web = start_web()
    run(log)
    tell(web)
    web.kill()
    log.append(succeeded())
    web.start()
    mailed(smtp_server)
    web.kill()
    web.start()
    time.sleep(AWAY_S + 8)
    assert len(smtp_server.mails) == 1
    assert f"{web.url}/tasks/t1" in smtp_server.mails[0].text


def test_a_web_that_starts_gives_its_browsers_time_to_come_back(
    start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer, redis_client: redis.Redis
) -> None:
    web = start_web()
    run(log)
    tell(web)
    client = socketio.Client(reconnection_delay=5, randomization_factor=0)
    client.connect(web.url, transports=["websocket"], auth={"browser": BROWSER})
    wait_until(lambda: redis_client.zscore(keys.PRESENT, BROWSER), 5, "it is known to be here")
    web.kill()
    log.append(succeeded())
    redis_client.zadd(keys.PRESENT, {BROWSER: time.time() - AWAY_S - 1})  # as after a longer time
    web.start()
    wait_until(lambda: client.connected, 20, "it has come back")
    time.sleep(AWAY_S + 8)
    assert not smtp_server.mails
    client.disconnect()
    mailed(smtp_server)


class TestWithoutRedis:
    @pytest.fixture
    def redis_server(self, tmp_path: Any) -> Iterator[RedisServer]:
        """One that may be stopped."""
        with RedisServer.start(tmp_path / "redis") as server:
            yield server

    def test_redis_goes_and_comes_back_and_one_mail_goes_out(
        self, start_web: Start, worker: Service, log: Log, smtp_server: SmtpServer, redis_server: RedisServer
    ) -> None:
        webs = [start_web(), start_web()]
        run(log)
        tell(webs[0])
        log.append(succeeded())
        redis_server.kill()
        time.sleep(AWAY_S + 6)
        assert not smtp_server.mails, "void: it was told before the outage"
        redis_server.restart()
        mailed(smtp_server)
        time.sleep(5)
        assert len(smtp_server.mails) == 1


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", 7, None]
)
def test_what_is_not_one_address_is_refused(web: Service, log: Log, email: object) -> None:
    run(log)
    status, answer = tell(web, email)
    assert (status, answer["error"]["code"], list(answer["error"]["fields"])) == (400, "bad_fields", ["email"])
    assert log.client.zcard(keys.TELLINGS) == 0


def test_who_asks_for_what_cannot_be_hears_why(web: Service, log: Log) -> None:
    run(log)
    log.append(succeeded())
    assert tell(web)[1]["error"]["code"] == "ended"
    assert tell(web, task_id="nobody's")[1]["error"]["code"] == "unknown_task"
    assert tell(web, browser="me")[0] == 404
    assert tell(web, Origin="https://evil.example")[0] == 403
    run(log, "t2")
    for number in range(MOST_AN_HOUR):
        assert tell(web, task_id="t2", browser=f"{number:032x}")[0] == 200
    assert tell(web, task_id="t2")[1]["error"]["code"] == "too_often"
    statuses = [tell(web, f"n{number}@example.com", "t2")[0] for number in range(60)]
    assert 429 in statuses, "no end to what one may ask for"

"""The HTTP edge of a real web process: answers, refusals, and Redis being away."""

import json
import re
import time
from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
import redis

from tests.asking import ask
from tests.processes import Service
from worker import events, states
from worker.events import Event
from worker.stream import Log

StartWeb = Callable[..., Service]


@pytest.fixture
def web(start_web: StartWeb) -> Service:
    return start_web()


@pytest.fixture
def log(redis_client: redis.Redis) -> Log:
    return Log(redis_client)


def test_a_long_task_is_started_and_can_be_asked_for(web: Service) -> None:
    status, headers, text = ask(web, "/longtask", "POST")
    task_id = json.loads(text)["task_id"]
    assert (status, headers["Location"]) == (202, f"/status/{task_id}")
    status, _, text = ask(web, headers["Location"])
    assert (status, json.loads(text)) == (200, {"state": "PENDING", "current": 0, "total": 1, "status": "Pending..."})


def test_the_status_follows_the_task_to_its_result(web: Service, log: Log) -> None:
    log.append(Event("task-started", "t1", states.STARTED, "r1", 0, "started_at", {}))
    log.append(events.progressed("t1", "r1", 1, states.PROGRESS, {"current": 3, "total": 9, "note": "on"}))
    told = {"state": "PROGRESS", "current": 3, "total": 9, "status": "on"}
    assert json.loads(ask(web, "/status/t1")[2]) == told
    result = {"current": 100, "total": 100, "status": "Task completed!", "result": 42}
    log.append(events.ended("succeeded", "t1", states.SUCCESS, "r1", result=result))
    assert json.loads(ask(web, "/status/t1")[2]) == {"state": "SUCCESS", **result}


def test_the_status_of_a_failure_is_the_exceptions_text(web: Service, log: Log) -> None:
    log.append(events.ended("failed", "t1", states.FAILURE, error="ValueError: row 12 has 9 columns"))
    told = {"state": "FAILURE", "current": 1, "total": 1, "status": "row 12 has 9 columns"}
    assert json.loads(ask(web, "/status/t1")[2]) == told


UNKNOWN = ["/status/nobody", "/status/*", "/api/tasks/" + "x" * 4_000, "/status/%0d%0a", "/tasks/nobody", "/nothing"]


def test_an_id_that_nobody_issued_is_not_found(web: Service) -> None:
    for path in UNKNOWN:
        assert ask(web, path)[0] == 404, path


def test_an_address_without_a_page_is_told_of_in_our_own_words(web: Service) -> None:
    _, _, text = ask(web, "/nothing", Accept="text/html")
    assert "<h1>Not found</h1>" in text
    assert "There is nothing at this address." in text


BAD_STARTS = ["[]", "{"] + [
    f'{{"step_s": {value}}}' for value in ('"1"', "NaN", "1e9", "-1", "true", '1, "queue": "x"', '1, "task_id": "x"')
]


def test_a_start_with_bad_arguments_is_refused_before_anything_is_sent(web: Service, redis_client: redis.Redis) -> None:
    for body in BAD_STARTS:
        status, _, text = ask(web, "/longtask", "POST", body, Content_Type="application/json")
        assert status == 400, body
        assert json.loads(text)["error"]["code"]
    assert redis_client.llen("celery") == 0


FOREIGN = [
    "http://evil.example",
    "null",
    "file://",
    "http://127.0.0.1:1",
    "https://127.0.0.1",
    "http://127.0.0.1.evil.example",
]


def test_what_another_sites_page_sends_is_refused(web: Service, redis_client: redis.Redis) -> None:
    for origin, path in product(FOREIGN, ["/", "/longtask", "/mailings"]):
        assert ask(web, path, "POST", "email=a@example.com", Origin=origin)[0] == 403, (origin, path)
    assert ask(web, "/longtask", "POST", Sec_Fetch_Site="cross-site")[0] == 403
    assert redis_client.llen("celery") == 0


def test_our_own_page_and_programs_may_post(web: Service) -> None:
    assert ask(web, "/longtask", "POST", Origin=web.url)[0] == 202
    assert ask(web, "/longtask", "POST")[0] == 202


def test_a_foreign_host_is_refused(web: Service) -> None:
    for path in ("/", "/socket.io/?EIO=4&transport=polling", "/static/js/main.js"):
        assert ask(web, path, Host="evil.example")[0] == 400
        assert ask(web, path, Host="evil.example", X_Forwarded_Host="127.0.0.1")[0] == 400
        assert ask(web, path)[0] == 200


def test_a_foreign_origin_gets_no_socket(web: Service) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    for origin in FOREIGN:
        assert ask(web, path, Origin=origin)[0] == 400, origin
    forged = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http"}
    assert ask(web, path, Origin="http://evil.example", **forged)[0] == 400
    assert ask(web, path, Origin=web.url)[0] == 200


def test_every_answer_has_strict_headers(web: Service) -> None:
    _, headers, _ = ask(web, "/")
    assert re.search(r"script-src 'self' 'sha256-[^' ]+';", headers["Content-Security-Policy"])
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_that_is_too_large_is_refused_in_words(web: Service) -> None:
    status, _, text = ask(
        web, "/", "POST", "email=" + "x" * 2_500_000, Content_Type="application/x-www-form-urlencoded"
    )
    assert status == 413
    assert "larger" in text


def test_a_bad_address_is_told_and_nothing_is_sent(web: Service, redis_client: redis.Redis) -> None:
    for address in ("", "nobody", "a@x.example, b@evil.example", "a@example.com\r\nBcc: b@example.com"):
        form = urlencode({"email": address, "submit": "Send"})
        status, headers, _ = ask(web, "/", "POST", form, Content_Type="application/x-www-form-urlencoded")
        assert (status, headers["Location"]) == (302, "/")
    assert redis_client.llen("celery") == 0


def test_a_web_process_that_is_told_to_stop_ends_with_zero(web: Service) -> None:
    assert web.stop() == 0


def test_readiness_is_more_than_an_answer(web: Service) -> None:
    deadline = time.monotonic() + 5
    while ask(web, "/readyz")[0] != 200:
        assert time.monotonic() < deadline
    told: dict[str, Any] = json.loads(ask(web, "/readyz")[2])
    assert told["following"] is True

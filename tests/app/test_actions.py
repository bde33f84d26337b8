"""What people ask of tasks and queues over HTTP: answers, receipts and refusals."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis

from tests.asking import ask
from tests.processes import Service, wait_until
from tests.watcher import Watcher
from tests.worker.told import progressed, sent, started, succeeded
from worker import call, events
from worker.store import Table
from worker.stream import Log

Watch = Callable[..., Watcher]
FOREIGN = {"Origin": "http://evil.example"}


def post(web: Service, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
    status, _, answer = ask(web, path, "POST", text, Content_Type="application/json", **headers)
    return status, json.loads(answer)


def row(log: Log, task_id: str = "t1") -> dict[str, Any]:
    return Table(log.client).row(task_id) or {}


def ended(log: Log, *args: Any, **kwargs: Any) -> None:
    """The task t1 was called with these, and has succeeded."""
    log.append(events.sent("t1", "trial.count", "celery", **call.fields(args, kwargs)))
    log.append(started())
    log.append(succeeded())


def messages(client: redis.Redis, queue: str = "celery") -> list[dict[str, Any]]:
    texts: Any = client.lrange(queue, 0, -1)
    return [json.loads(text) for text in texts]


def test_a_stop_is_pushed_to_every_watcher_asked_seen_and_done(web: Service, log: Log, watch: Watch) -> None:
    log.append(sent())
    log.append(started())
    watchers = [watch(web.url, "task:t1") for _ in range(2)]
    status, answer = post(web, "/api/tasks/t1/revocation", {"force": False})
    assert (status, answer["action"]["kind"]) == (202, "stop")
    for state, event in [("asked", None), ("seen", progressed(1)), ("done", events.ended("revoked", "t1", "REVOKED"))]:
        if event:
            log.append(event)
        for watcher in watchers:
            told = watcher.rows["t1"]
            wait_until(lambda: (watcher.rows["t1"].get("action") or {}).get("state") == state, 2, state)  # noqa: B023
            assert told["task_id"] == "t1"
    assert row(log)["action"]["by"] == {"address": "127.0.0.1"}


def test_the_run_that_appends_next_is_told_to_stop_and_no_other(log: Log) -> None:
    log.append(started())
    assert log.append(progressed(1)).asked == "", "void: it is asked before anybody has asked"
    assert log.append(events.asked("t1", {"kind": "stop", "state": "asked"})).asked == "stop"
    assert log.append(progressed(1, run="of another time")).verdict == "superseded"
    assert row(log)["action"]["state"] == "asked"
    assert log.append(progressed(2)).asked == "stop"
    assert row(log)["action"]["state"] == "seen"


def test_what_ended_by_itself_after_it_was_asked_to_stop_says_so(log: Log) -> None:
    log.append(started())
    log.append(events.asked("t1", {"kind": "stop", "state": "asked"}))
    log.append(succeeded())
    assert (row(log)["state"], row(log)["action"]["state"]) == ("SUCCESS", "refused")
    assert "ended before" in row(log)["action"]["why"]


def test_two_people_who_press_stop_at_once_see_one_action(web: Service, log: Log) -> None:
    log.append(started())
    answers = at_once(lambda: post(web, "/api/tasks/t1/revocation"), 4)
    assert [status for status, _ in answers] == [202] * 4
    told = [entry for entry in log.read_after("0", None) if entry.type == "task-action-asked"]
    assert len(told) == 1


def test_two_people_who_press_run_again_at_once_get_one_task(web: Service, log: Log, redis_client: redis.Redis) -> None:
    ended(log, 3)
    answers = at_once(lambda: post(web, "/api/tasks/t1/rerun"), 4)
    assert [status for status, _ in answers] == [202] * 4
    assert len({answer["task_id"] for _, answer in answers}) == 1
    assert len(messages(redis_client)) == 1
    status, _ = post(web, "/api/tasks/t1/rerun", {"args": [4]})
    assert (status, len(messages(redis_client))) == (202, 2), "with other arguments it is another one"


def at_once(what: Callable[[], Any], times: int) -> list[Any]:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(what())) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_force_takes_the_place_of_a_gentle_stop_and_not_the_other_way_round(web: Service, log: Log) -> None:
    log.append(started())
    kinds = [post(web, "/api/tasks/t1/revocation", {"force": force})[1]["action"]["kind"] for force in (0 > 1, True)]
    assert kinds == ["stop", "force"]
    assert post(web, "/api/tasks/t1/revocation")[1]["action"]["kind"] == "force"


EXACT = {"n": 2**70, "text": "\ud800 \u2028 <b>", "nested": [[1.5, None, True]] * 3, "float": 1e300}


def test_a_task_is_run_again_with_exactly_its_arguments(web: Service, log: Log, redis_client: redis.Redis) -> None:
    ended(log, 1, "two", **EXACT)
    status, answer = post(web, "/api/tasks/t1/rerun")
    assert (status, answer["location"]) == (202, f"/tasks/{answer['task_id']}")
    message = messages(redis_client)[0]
    args, kwargs, _ = body_of(message)
    assert (args, kwargs) == ([1, "two"], EXACT)
    assert message["headers"]["task"] == "trial.count"
    again = row(log, answer["task_id"])
    assert (again["rerun_of"], again["state"]) == ("t1", "PENDING")
    assert (row(log)["action"]["state"], row(log)["action"]["task_id"]) == ("done", answer["task_id"])


def body_of(message: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(message["body"]))


def test_edited_arguments_take_the_place_of_the_old_ones(web: Service, log: Log, redis_client: redis.Redis) -> None:
    ended(log, 1, step=2)
    post(web, "/api/tasks/t1/rerun", {"kwargs": {"step": 3}})
    assert body_of(messages(redis_client)[0])[:2] == [[1], {"step": 3}]


NOT_AGAIN = [
    ({"password": "x"}, "secret"),
    ({"nested": {"api_key": "x"}}, "secret"),
    ({"text": "x" * 9_000}, "longer"),
]


@pytest.mark.parametrize(("kwargs", "why"), NOT_AGAIN)
def test_what_is_not_kept_cannot_be_run_again_unless_it_is_given(
    web: Service, log: Log, redis_client: redis.Redis, kwargs: dict[str, Any], why: str
) -> None:
    ended(log, **kwargs)
    status, answer = post(web, "/api/tasks/t1/rerun")
    assert status == 409 and why in answer["error"]["message"]
    assert messages(redis_client) == []
    assert post(web, "/api/tasks/t1/rerun", {"args": [], "kwargs": kwargs})[0] == 202


def test_an_action_on_a_task_that_nobody_issued_is_not_found(web: Service, log: Log) -> None:
    for path in ("revocation", "rerun"):
        for task_id in ("nobody", "*", "x" * 4_000):
            assert post(web, f"/api/tasks/{task_id}/{path}")[0] == 404
    assert row(log, "nobody") == {}


def test_an_action_that_comes_too_late_or_too_early_is_refused_and_says_why(web: Service, log: Log) -> None:
    log.append(events.sent("t2", "trial.count", "celery", **call.fields((), {})))
    status, answer = post(web, "/api/tasks/t2/rerun")
    assert (status, answer["error"]["code"]) == (409, "running")
    ended(log)
    status, answer = post(web, "/api/tasks/t1/revocation", {"force": True})
    assert (status, answer["error"]["code"]) == (409, "ended")
    assert "ended already" in answer["error"]["message"]


BAD = [
    ("tasks/t1/revocation", body) for body in ("[]", "{", '{"force": 1}', '{"force": "yes"}', '{"signal": "TERM"}')
] + [
    ("tasks/t1/rerun", body)
    for body in ('{"args": {}}', '{"kwargs": []}', '{"queue": "x"}', '{"kwargs": {"n": NaN}}', "[" * 100_000)
]


@pytest.mark.parametrize(("path", "body"), BAD)
def test_a_bad_body_is_refused_before_anything_happens(
    web: Service, log: Log, redis_client: redis.Redis, path: str, body: str
) -> None:
    ended(log)
    assert post(web, f"/api/{path}", body)[0] == 400
    assert (messages(redis_client), row(log)["action"]) == ([], None)


def test_another_sites_page_can_ask_for_nothing(web: Service, log: Log, redis_client: redis.Redis) -> None:
    log.append(started())
    redis_client.lpush("celery", "x")
    for path in ("tasks/t1/revocation", "tasks/t1/rerun", "queues/celery/purge"):
        assert post(web, f"/api/{path}", {"confirm": "celery"} if "queues" in path else None, **FOREIGN)[0] == 403
    assert row(log)["action"] is None
    assert redis_client.llen("celery") == 1

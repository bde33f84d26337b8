"""What comes from the broker's queue and is no message, or comes from a Redis that broke."""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import celery
import pytest
import redis

from tests.processes import Service, wait_until
from worker import aside, keys, states
from worker.store import Row, Table

QUEUE = "celery"
DEEP = 50_000


def message(body: Any = ((1,), {}, {}), task: Any = "trial.count", **changes: Any) -> dict[str, Any]:
    """As Celery sends one; `changes` of its outermost fields, `task_id` and `headers` of its headers."""
    task_id = changes.pop("task_id", uuid.uuid4().hex)
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "body": base64.b64encode(text.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": task, "id": task_id, "root_id": task_id} | changes.pop("headers", {}),
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": uuid.uuid4().hex,
        },
    } | changes


def without(name: str) -> dict[str, Any]:
    """A message that lacks one of its outermost fields."""
    return {key: value for key, value in message().items() if key != name}


def pickled(path: Path, content_type: str) -> dict[str, Any]:
    """A message that makes a file when it is read as what it says it is."""
    as_pickle = f"cposix\nsystem\n(S'touch {path}'\ntR."
    as_yaml = f"!!python/object/apply:os.system ['touch {path}']"
    return message(as_pickle if "pickle" in content_type else as_yaml, **{"content-type": content_type})


def bad_items(trap: Path) -> dict[str, str | bytes]:
    """What is put on the queue, by what is wrong with it."""
    messages = {
        "no JSON object": [1, 2],
        "no headers": without("headers"),
        "no properties": without("properties"),
        "content type None": without("content-type"),
        "not base64": message() | {"body": "?"},
        "body is no text": message() | {"body": 5},
        "body is not JSON": message("{"),
        "body is a number": message(5),
        "two of three": message([[], {}]),
        "args not a list": message([5, {}, {}]),
        "kwargs no mapping": message([[], 5, {}]),
        "old form, args not a list": message({"task": "trial.count", "id": "x", "args": 5}, headers={"task": None}),
        "name no text": message(task=["trial.count"]),
        "id no text": message(task_id=5),
        "limits no numbers": message(headers={"timelimit": "soon"}),
        "pickle": pickled(trap, "application/x-python-serialize"),
        "yaml": pickled(trap, "application/x-yaml"),
        "body too deep": message("[" * DEEP + "]" * DEEP),
    }
    texts = {reason: json.dumps(one) for reason, one in messages.items()}
    return texts | {"not JSON": "garbage", "not text": b"\xff\xfe", "too deep": "[" * DEEP, "empty": ""}


@pytest.fixture
def app(redis_url: str) -> Iterator[celery.Celery]:
    """Sends tasks."""
    with celery.Celery(broker=redis_url, backend=None, set_as_current=False) as opened:
        yield opened


def ended(table: Table, task_id: str) -> Row | None:
    row = table.row(task_id)
    return row if row and states.is_final(row["state"]) else None


def test_what_is_no_broadcast_is_put_aside_and_the_worker_goes_on(
    start_worker: Callable[..., Service], redis_client: "redis.Redis", table: Table, app: celery.Celery
) -> None:
    worker = start_worker("-I", "tests.trial_tasks", "--concurrency=1")
    wait_until(redis_client.pubsub_numpat, 10, "the worker listens")
    for item in (json.dumps([1, 2]), "[" * DEEP, json.dumps(without("properties"))):
        assert redis_client.publish("/0.celery.pidbox", item) == 1, "void: the worker does not listen"
    wait_until(lambda: int(redis_client.get(keys.ASIDE_COUNT) or 0) == 3, 10, "they are put aside")
    good = str(app.send_task("trial.count", (1,)).id)
    wait_until(lambda: ended(table, good), 15, "the next message's task has run")
    assert worker.returncode is None


def test_only_the_newest_are_kept_aside_and_cut(
    start_worker: Callable[..., Service], redis_client: "redis.Redis", table: Table, app: celery.Celery
) -> None:
    start_worker("-I", "tests.trial_tasks", "--concurrency=1")
    for number in range(aside.KEPT + 5):
        redis_client.lpush(QUEUE, f"{number} " + "x" * 20_000)
    wait_until(lambda: redis_client.get(keys.ASIDE_COUNT) == str(aside.KEPT + 5), 10, "all are put aside")
    assert redis_client.llen(keys.ASIDE) == aside.KEPT
    newest = json.loads(str(redis_client.lindex(keys.ASIDE, 0)))
    assert newest["bytes"] > 20_000 and len(newest["message"]) == aside.KEPT_CHARACTERS
    assert newest["queue"] == QUEUE and newest["reason"]


def test_a_task_is_not_run_again_because_a_connection_broke_under_it(
    start_worker: Callable[..., Service], redis_client: "redis.Redis", table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.trial_tasks", "--concurrency=2")
    files = [tmp_path / "runs", tmp_path / "runs-later"]
    holds = [str(app.send_task("trial.hold", (str(files[0]), 4)).id)]
    wait_until(lambda: (table.row(holds[0]) or {}).get("note") == "first run", 10, "it runs")
    holds.append(str(app.send_task("trial.hold", (str(files[1]), 0), countdown=3).id))
    wait_until(lambda: redis_client.hlen("unacked") == 2, 10, "both are unacknowledged, one runs and one waits")
    assert redis_client.client_kill_filter(_type="normal", skipme=True) > 0, "void: no connection was cut"
    wait_until(lambda: all(ended(table, one) for one in holds), 20, "both have ended")
    wait_until(lambda: redis_client.hlen("unacked") == redis_client.llen(QUEUE) == 0, 10, "both are acknowledged")
    assert [file.read_text() for file in files] == ["run\n", "run\n"]
    assert [(table.row(one) or {})["attempt"] for one in holds] == [1, 1]
    assert redis_client.hlen(keys.OWNERS) == 0
    assert worker.returncode is None


def test_what_a_worker_took_after_its_last_heartbeat_goes_to_another(
    start_worker: Callable[..., Service], redis_client: "redis.Redis", table: Table, app: celery.Celery
) -> None:
    dying = start_worker("-I", "tests.trial_tasks", "-n", "dying@%h", "--concurrency=1")
    task_ids = [str(app.send_task("trial.count", (1,), countdown=5).id) for _ in range(3)]
    wait_until(lambda: redis_client.hlen(keys.OWNERS) == 3, 10, "it has taken them")
    start_worker("-I", "tests.trial_tasks", "-n", "heir@%h", "--concurrency=1")
    dying.kill()
    last_words = [key for key in redis_client.scan_iter(keys.HELD + "*") if "dying" in key]
    redis_client.delete(*last_words)  # as if it had been killed before its next heartbeat
    wait_until(lambda: all(ended(table, one) for one in task_ids), 30, "the other has run them")
    wait_until(lambda: redis_client.hlen(keys.OWNERS) == redis_client.hlen("unacked") == 0, 10, "nothing is left")
    assert {(table.row(one) or {})["state"] for one in task_ids} == {states.SUCCESS}


def test_what_is_no_message_is_put_aside_and_the_worker_goes_on(
    start_worker: Callable[..., Service], redis_client: "redis.Redis", table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.trial_tasks", "--concurrency=1")
    trap = tmp_path / "trap"
    items = bad_items(trap)
    for item in items.values():
        redis_client.lpush(QUEUE, item)
    told = message([[], 5, {}])
    redis_client.lpush(QUEUE, json.dumps(told))
    good = str(app.send_task("trial.count", (1,)).id)
    wait_until(lambda: ended(table, good), 15, "the next message's task has run")
    assert worker.returncode is None
    assert not trap.exists(), "nothing was executed"
    assert int(redis_client.get(keys.ASIDE_COUNT) or 0) == len(items) + 1
    assert redis_client.llen(keys.ASIDE) == len(items) + 1
    assert redis_client.hlen("unacked") == redis_client.hlen(keys.OWNERS) == 0
    assert worker.log().count("is put aside") == len(items) + 1
    assert "Traceback" not in worker.log()
    row = table.row(told["headers"]["id"])
    assert row and row["state"] == "REJECTED" and "kwargs" in row["summary"]

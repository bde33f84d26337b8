"""A process of the pool dies before it could tell how its task had ended, which its worker has heard: that is told."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import celery
import pytest
import redis
from celery.exceptions import Retry
from celery.worker import state as celery_state

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from worker import events, keys, last_words
from worker.events import Event
from worker.run import Superseded
from worker.steps import STEPS
from worker.store import Row, Table
from worker.stream import Log

StartWorker = Callable[..., Service]


@dataclass
class Untold:
    """A task that has ended while the log was away, and the worker that has heard of it."""

    worker: Service
    child: int
    task_id: str
    log: RedisServer

    @property
    def row(self) -> Row:
        with redis.Redis.from_url(self.log.url, decode_responses=True) as client:
            return Table(client).row(self.task_id) or {}

    def is_held(self) -> bool:
        """Whether its worker says that it has ended, for others to know."""
        with redis.Redis.from_url(self.log.url, decode_responses=True) as client:
            held = [text for name in client.scan_iter(keys.held("*")) for text in client.hvals(name)]
        return json.dumps([self.task_id, True, False]) in held


@pytest.fixture
def log(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis for the log alone: broker and result backend are another one, which stays."""
    with RedisServer.start(tmp_path / "log") as server:
        yield server


@pytest.fixture
def start(start_worker: StartWorker, log: RedisServer, redis_url: str) -> StartWorker:
    """Start a worker with two processes whose broker is not where the log is."""
    env = {"REDIS_URL": log.url, "CELERY_BROKER_URL": redis_url, "CELERY_RESULT_BACKEND": redis_url}
    return lambda *arguments: start_worker("-I", "tests.deadly_tasks", "--concurrency=2", *arguments, **env)


@pytest.fixture
def untold(
    start: StartWorker, log: RedisServer, redis_client: redis.Redis, app: celery.Celery, tmp_path: Path
) -> Callable[..., Untold]:
    """Let a task end while the log is away."""

    def run(way: str, is_kept: bool = True) -> Untold:
        worker, path = start(), tmp_path / "run"
        task_id = str(app.send_task("deadly.end_as", (str(path), way), ignore_result=not is_kept).id)
        one = Untold(worker, 0, task_id, log)
        wait_until(lambda: one.row.get("note") == "waits", 15, "it runs")
        one.child = int(path.read_text())
        tag = next(iter(redis_client.hkeys("unacked")))
        log.stop()
        Path(f"{path}.go").touch()
        wait_until(lambda: not redis_client.hexists("unacked", tag), 15, "its worker has heard of its end")
        return one

    return run


@pytest.mark.parametrize(
    ("way", "is_kept", "state", "summary"),
    [
        ("succeed", True, "SUCCESS", "worked"),
        ("succeed", False, "SUCCESS", None),
        ("fail", True, "FAILURE", "ValueError: told to fail"),
        ("fail", False, "FAILURE", "ValueError: told to fail"),
        ("ignore", True, "REJECTED", "It ended and asked for no result to be kept"),
        ("retry", True, "RETRY", None),
    ],
)
def test_an_end_that_a_dead_process_could_not_tell_is_told_for_it(
    untold: Callable[..., Untold], way: str, is_kept: bool, state: str, summary: str | None
) -> None:
    one = untold(way, is_kept)
    os.kill(one.child, signal.SIGKILL)
    one.log.restart()
    assert one.row["state"] == "PROGRESS", "void: it was told in time"
    wait_until(lambda: one.row["state"] != "PROGRESS", 15, "it is told")
    row = one.row
    assert (row["state"], row["summary"], row["attempt"]) == (state, summary, 1)
    assert sum((row.get(name) or {}).get("kind") in ("ended", "retried") for name in STEPS) == 1
    assert bool(row["traceback"]) == (way in ("fail", "retry"))
    wait_until(lambda: not one.is_held(), 10, "it is let go of")


def test_the_end_is_told_by_another_worker_if_the_whole_worker_dies_then(
    start: StartWorker, untold: Callable[..., Untold]
) -> None:
    start("-n keeper@h", "-Q other")
    one = untold("succeed")
    os.kill(one.child, signal.SIGSTOP)  # lest it tell it by itself
    one.log.restart()
    wait_until(one.is_held, 15, "its worker says so")
    assert one.row["state"] == "PROGRESS", "void: it was told in time"
    os.kill(one.worker.pid, signal.SIGKILL)
    wait_until(lambda: one.row["state"] != "PROGRESS", 30, "it is told")
    assert (one.row["state"], one.row["summary"]) == ("SUCCESS", "worked")


def test_a_process_that_lives_tells_it_itself(untold: Callable[..., Untold]) -> None:
    one = untold("succeed")
    one.log.restart()
    wait_until(lambda: one.row.get("state") == "SUCCESS", 15, "it is told")
    wait_until(lambda: not one.is_held(), 10, "it is let go of")
    assert "died before it could tell" not in one.worker.log()


class Request:
    """As Celery's: a task that a process of the pool executes."""

    id, worker_pid, name, hostname = "task-1", 1, "shop.count", "worker@h"
    delivery_info: Mapping[str, str] = {"routing_key": "celery"}
    request_dict: Mapping[str, int] = {"retries": 0}
    message = SimpleNamespace(delivery_tag="tag-1")


@pytest.fixture(params=[1, os.getpid()], ids=["process", "thread"])
def request_(request: pytest.FixtureRequest) -> Iterator[Request]:
    executed = Request()
    executed.worker_pid = request.param
    celery_state.active_requests.add(executed)
    last_words.begun(executed)
    yield executed
    celery_state.active_requests.discard(executed)
    last_words.forget(executed)


CONSUMER = SimpleNamespace(hostname="worker@h", pool=None, app=None)


def test_what_a_worker_tells_of_a_killed_task_is_named_until_it_stands_in_the_table(
    redis_client: redis.Redis, request_: Request
) -> None:
    log = Log(redis_client)
    log.append(Event("task-started", "task-1", "STARTED", "run-1", fields={"worker": "worker@h"}))
    assert last_words.held() == [], "it runs"
    celery_state.active_requests.discard(request_)
    for _ in range(2):
        last_words.tell(redis_client, CONSUMER)
        assert last_words.held() == ["tag-1", '["task-1", true, false]']
    log.append(events.ended("revoked", "task-1", "REVOKED", "run-1"))
    last_words.tell(redis_client, CONSUMER)
    assert last_words.held() == []


@pytest.mark.parametrize("error", [Superseded(), Retry(when=60)])
def test_a_task_that_is_executed_again_is_not_named(request_: Request, error: Exception) -> None:
    last_words.failed(request_, error, None)
    celery_state.active_requests.discard(request_)
    assert last_words.held() == []

"""Tasks that send tasks while Redis is away: their retry, the next of their chain."""

from collections.abc import Callable, Iterator
from pathlib import Path

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from worker import states
from worker.store import Table

AWAY_S = 4.0
"""Longer than Celery's own three tries."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer.start(tmp_path / "own-redis") as started:
        yield started


@pytest.fixture
def worker(server: RedisServer, tmp_path: Path, services: list[Service], service_env: dict[str, str]) -> Service:
    env = service_env | {"REDIS_URL": server.url}
    services.append(new_worker(tmp_path / "own.log", "-I", "tests.trial_tasks", "--concurrency=1", **env))
    return services[-1].start()


def _state(server: RedisServer, task_id: str) -> str | None:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        return (Table(client).row(task_id) or {}).get("state")


def _outlast(server: RedisServer, worker: Service, go: Path, tried: Callable[[], object]) -> None:
    """Redis is away when the task goes on, and comes back after the worker has tried in vain."""
    server.stop()
    go.touch()
    wait_until(tried, 10, "the worker knows that Redis is away")
    with pytest.raises(AssertionError):
        wait_until(lambda: worker.returncode is not None, AWAY_S)
    server.restart()


def test_a_retry_waits_for_redis(server: RedisServer, worker: Service, tmp_path: Path) -> None:
    go = tmp_path / "go"
    task_id = str(celery.Celery(broker=server.url).send_task("trial.retry_after", (str(go),)).id)
    wait_until(lambda: _state(server, task_id) == states.STARTED, 10, "it runs")
    _outlast(server, worker, go, lambda: "cannot be sent on" in worker.log())
    wait_until(lambda: _state(server, task_id) == states.SUCCESS, 20, "it was retried")


def test_the_next_of_a_chain_waits_for_redis(server: RedisServer, worker: Service, tmp_path: Path) -> None:
    go = tmp_path / "go"
    app = celery.Celery(broker=server.url)
    first, second = app.signature("trial.end_after", (str(go),)), app.signature("trial.tell", ("next",), immutable=True)
    ended = celery.chain(first, second).apply_async()
    wait_until(lambda: _state(server, ended.parent.id) == states.STARTED, 10, "the first runs")
    _outlast(server, worker, go, lambda: "cannot be sent on" in worker.log())
    wait_until(lambda: _state(server, ended.id) == states.SUCCESS, 20, "the second has run")
    assert _state(server, ended.parent.id) == states.SUCCESS

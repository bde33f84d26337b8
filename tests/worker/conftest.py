"""What the tests of workers share: the table they write, a program that sends to them, workers for a purpose."""

from collections.abc import Callable, Iterator
from pathlib import Path

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.mailings import Mailings
from tests.processes import Service
from worker.store import Table


@pytest.fixture
def table(redis_client: redis.Redis) -> Table:
    return Table(redis_client)


@pytest.fixture
def app(redis_url: str) -> celery.Celery:
    """A foreign program that sends tasks."""
    return celery.Celery(broker=redis_url, backend=None)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis for the board alone, where `redis_url` is the broker."""
    with RedisServer.start(tmp_path / "board") as server:
        yield server


@pytest.fixture
def keeper(start_worker: Callable[..., Service]) -> Service:
    """A worker that takes no tasks of the default queue until it is told to, and has long watched the others."""
    return start_worker("-I", "tests.deadly_tasks", "-n keeper@h", "-Q other", "--concurrency=4")


@pytest.fixture
def mailings(redis_url: str) -> Iterator[Mailings]:
    """Mailings and other tasks on the empty Redis."""
    with Mailings(redis_url) as opened:
        yield opened


@pytest.fixture
def mail_worker(start_worker: Callable[..., Service]) -> Iterator[Callable[..., Service]]:
    """Start a worker that does not wait long for a mail server; it is killed after the test, which is quicker."""
    started: list[Service] = []

    def start(*arguments: str, **env: str) -> Service:
        quick = {"MAIL_RETRY_S": "0.2", "MAIL_TIMEOUT_S": "2"}
        started.append(start_worker(*(arguments or ("--concurrency=1",)), **quick | env))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()

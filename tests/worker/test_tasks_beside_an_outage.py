"""Tasks whose broker is there run on as quickly as ever while the Redis of the board is away, and are told of later."""

import os
import signal
import time
from collections.abc import Callable

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from worker import states
from worker.fleet import SILENCE_S
from worker.store import Table

TASKS = 200

FEW = 6
"""Times as long as with a board; with a tenth of a second of waiting in each task it would be twenty."""

Run = Callable[[], float]


@pytest.fixture
def run(app: celery.Celery, redis_client: redis.Redis) -> Run:
    """Run the tasks; seconds until the result backend has all of their results."""

    def run() -> float:
        began = time.monotonic()
        names = [f"celery-task-meta-{app.send_task('trial.tell', ('done',)).id}" for _ in range(TASKS)]
        wait_until(lambda: redis_client.exists(*names) == TASKS, 90, "all are done")
        return time.monotonic() - began

    return run


def told(board: RedisServer) -> int:
    with redis.Redis.from_url(board.url, decode_responses=True) as client:
        return Table(client).counts().get(states.SUCCESS, 0)


@pytest.fixture
def well_s(run: Run, start_worker: Callable[..., Service], board: RedisServer, redis_url: str) -> float:
    """How long the tasks take while the board is there."""
    env = {"REDIS_URL": board.url, "CELERY_BROKER_URL": redis_url, "CELERY_RESULT_BACKEND": redis_url}
    start_worker("--concurrency=2", "-I", "tests.trial_tasks", **env)
    took_s = max(run() for _ in range(2))
    wait_until(lambda: told(board) == 2 * TASKS, 10, "the board is told of all tasks while all is well")
    return took_s


def test_tasks_run_on_while_the_board_is_frozen(run: Run, board: RedisServer, well_s: float) -> None:
    os.kill(board.pid, signal.SIGSTOP)
    try:
        assert run() < FEW * well_s, "each waited for the board at its end"
        time.sleep(SILENCE_S + 1)  # from when on a worker asks whether it was taken for dead
        assert run() < FEW * well_s, "each waited for the board at its beginning"
    finally:
        os.kill(board.pid, signal.SIGCONT)
    wait_until(lambda: told(board) == 4 * TASKS, 20, "the board is told of all tasks")


def test_tasks_run_on_while_the_board_is_gone(run: Run, board: RedisServer, well_s: float) -> None:
    board.stop()
    assert run() < FEW * well_s, "each waited for the board"
    board.restart()
    wait_until(lambda: told(board) == 3 * TASKS, 20, "the board is told of all tasks")

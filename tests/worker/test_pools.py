"""What a task may expect of the process or the thread that runs it."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import celery
import redis

from tests.processes import Service, wait_until
from worker.store import Table

StartWorker = Callable[..., Service]
BROKER_KEEPS = "unacked"


def state(table: Table, task_id: str) -> str:
    """The state of the task's row."""
    return str((table.row(task_id) or {}).get("state"))


def test_programs_that_a_task_starts_end_when_it_tells_them_to(
    start_worker: StartWorker, redis_client: redis.Redis, app: celery.Celery
) -> None:
    start_worker("-I", "tests.deadly_tasks", "--concurrency=1")
    table = Table(redis_client)
    task_id = str(app.send_task("deadly.end_programs").id)
    wait_until(lambda: state(table, task_id) == "SUCCESS", 20, "it has ended")
    how = (table.row(task_id) or {})["result"]
    assert how == [-signal.SIGTERM] * 2, "ended by SIGTERM, not by themselves"


def test_what_a_pool_of_threads_was_given_runs_once_though_the_worker_ends(
    start_worker: StartWorker, redis_client: redis.Redis, app: celery.Celery, tmp_path: Path
) -> None:
    threads = ("-I", "tests.deadly_tasks", "-P", "threads", "--concurrency=1")
    first = start_worker(*threads, "--prefetch-multiplier=3", "-n", "first@here")
    table, files = Table(redis_client), [tmp_path / str(number) for number in range(3)]
    task_ids = [str(app.send_task("deadly.late", (str(file), 1.5)).id) for file in files]
    wait_until(lambda: state(table, task_ids[0]) == "PROGRESS" and redis_client.hlen(BROKER_KEEPS) == 3, 10, "void")
    os.kill(first.pid, signal.SIGTERM)
    start_worker(*threads, "-n", "second@here")
    wait_until(lambda: all(state(table, one) == "SUCCESS" for one in task_ids), 15, "all have run")
    assert first.process.wait(10) == 0
    wait_until(lambda: not redis_client.exists("celery", BROKER_KEEPS), 10, "nothing waits to be run once more")
    assert [file.read_text().count("ended") for file in files] == [1, 1, 1]

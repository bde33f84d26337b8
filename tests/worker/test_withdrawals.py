"""What is revoked while it waits is over at once, and stays so; nothing else is called revoked."""

import time
from collections.abc import Callable
from pathlib import Path

import celery
import redis

from tests.processes import Service, wait_until
from worker import events
from worker.store import Table
from worker.stream import Log

StartWorker = Callable[..., Service]


def state(table: Table, task_id: str) -> str:
    return str((table.row(task_id) or {}).get("state"))


def test_a_task_that_was_revoked_while_it_waited_is_not_run_by_a_worker_that_starts_later(
    start_worker: StartWorker, redis_client: redis.Redis, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.trial_tasks", "--concurrency=1")
    ahead = str(app.send_task("trial.write_on", (str(tmp_path / "ahead"), 60)).id)
    wait_until(lambda: state(table, ahead) == "PROGRESS", 10, "the worker is busy")
    kept = str(app.send_task("trial.write_on", (str(tmp_path / "kept"), 1)).id)
    wait_until(lambda: state(table, kept) == "RECEIVED", 5, "the worker keeps one more")
    revoked, last = (str(app.send_task("trial.write_on", (str(tmp_path / name), 1)).id) for name in ("revoked", "last"))
    Log(redis_client).append(events.sent(revoked, "trial.write_on", "celery"))  # as the web tells of what it sends
    assert state(table, revoked) == "PENDING", "void: it does not wait in the queue"
    app.control.revoke(revoked)
    wait_until(lambda: state(table, revoked) == "REVOKED", 2, "it is told at once")
    worker.kill()
    worker.start()
    wait_until(lambda: state(table, last) == "SUCCESS", 30, "the new worker has come to the last")
    assert state(table, revoked) == "REVOKED"
    assert not (tmp_path / "revoked").exists()


def test_a_running_task_that_is_revoked_but_not_stopped_is_not_called_revoked(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    start_worker("-I", "tests.trial_tasks", "-n", "first@%h")
    task_id = str(app.send_task("trial.write_on", (str(tmp_path / "written"), 3)).id)
    wait_until(lambda: state(table, task_id) == "PROGRESS", 10, "it runs")
    start_worker("-I", "tests.trial_tasks", "-n", "second@%h")
    app.control.revoke(task_id)
    wait_until(lambda: state(table, task_id) != "PROGRESS", 10, "it ends")
    assert state(table, task_id) == "SUCCESS"


def test_revoking_an_id_that_nobody_issued_makes_no_row(
    start_worker: StartWorker, table: Table, app: celery.Celery
) -> None:
    worker = start_worker("-I", "tests.trial_tasks")
    app.control.revoke("nobody-issued-this")
    worker.wait_for_log("nobody-issued-this", 5)
    app.control.revoke("nor-this", terminate=True)
    time.sleep(0.5)  # the event would have been appended
    assert table.row("nobody-issued-this") is None
    assert table.row("nor-this") is None

"""How tasks end in a real worker: without a result, stopped, or with others run inside them."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import celery
import pytest

from tests.processes import Service, wait_until
from worker import states
from worker.store import Row, Table

StartWorker = Callable[..., Service]


def ended(table: Table, task_id: str, timeout_s: float = 15) -> Row:
    """The task's row, as soon as its state is final."""
    wait_until(lambda: states.is_final((table.row(task_id) or {}).get("state", "")), timeout_s, "it has ended")
    return table.row(task_id) or {}


def test_a_task_that_runs_others_eagerly_goes_on_reporting(
    start_worker: StartWorker, table: Table, app: celery.Celery
) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, str(app.send_task("trial.call_eagerly").id))
    assert (row["state"], row["current"]) == ("SUCCESS", 3)
    assert [row["name"] for row in table.board().rows] == ["trial.call_eagerly"]


@pytest.mark.parametrize("rejects", [True, False], ids=["reject", "ignore"])
def test_a_task_that_ends_without_a_result_is_not_shown_as_running(
    start_worker: StartWorker, table: Table, app: celery.Celery, rejects: bool
) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, str(app.send_task("trial.end_without_result", (rejects,)).id))
    assert row["state"] == "REJECTED"
    assert row["summary"]


def grows(path: Path, within_s: float) -> bool:
    """Whether a task still writes into this file."""
    size = path.stat().st_size
    time.sleep(within_s)
    return path.stat().st_size > size


def test_a_task_that_is_called_stopped_is_stopped(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    start_worker("-I", "tests.trial_tasks")
    path = tmp_path / "written"
    task_id = str(app.send_task("trial.write_on", (str(path), 30)).id)
    wait_until(lambda: path.exists() and grows(path, 0.2), 10, "it runs")
    app.control.revoke(task_id, terminate=True)
    assert ended(table, task_id, timeout_s=5)["state"] == "REVOKED"
    wait_until(lambda: not grows(path, 0.3), 2, "it is stopped")


def test_a_sigterm_to_the_process_group_lets_the_task_finish(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.trial_tasks")
    task_id = str(app.send_task("trial.write_on", (str(tmp_path / "written"), 3)).id)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "writing", 10, "it runs")
    assert worker.stop() == 0
    row = table.row(task_id)
    assert row is not None
    assert (row["state"], row["summary"]) == ("SUCCESS", "written")


def test_a_worker_told_to_end_at_once_does_not_wait_for_its_task(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.trial_tasks")
    task_id = str(app.send_task("trial.write_on", (str(tmp_path / "written"), 60)).id)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "writing", 10, "it runs")
    worker.process.send_signal(signal.SIGQUIT)
    worker.process.wait(10)

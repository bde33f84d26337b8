"""A run that a later attempt has taken over is stopped at its next report, and leaves no trace."""

from collections.abc import Callable
from pathlib import Path

import celery
import pytest

from tests.processes import Service, wait_until
from tests.worker.told import kept_state, started, succeeded
from worker.store import Table
from worker.stream import Log

StartWorker = Callable[..., Service]

TASKS = "tests.deadly_tasks,tests.trial_tasks"
STEPS, PAUSE_S = 100, 0.1


def lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.mark.parametrize("way", ["report", "track", "update_state"])
def test_a_superseded_run_is_stopped_at_its_next_report(
    start_worker: StartWorker, log: Log, app: celery.Celery, tmp_path: Path, way: str
) -> None:
    worker, table, path = (
        start_worker("-I", TASKS, "--concurrency=1"),
        Table(log.client),
        tmp_path / "x",
    )
    task_id = str(app.send_task("deadly.write_steps", (str(path), way, STEPS, PAUSE_S)).id)
    wait_until(lambda: lines(path) > 2, 10, "it runs")
    log.append(started(task_id, run="a later one"))
    after = str(app.send_task("trial.tell", ("hello",)).id)
    wait_until(lambda: (table.row(after) or {}).get("state") == "SUCCESS", 5, "the worker goes on with another task")
    assert lines(path) < STEPS, "it was stopped"
    row = table.row(task_id) or {}
    assert (row["state"], row["attempt"], row["note"]) == ("STARTED", 2, None)
    assert kept_state(log.client, task_id) not in ("SUCCESS", "FAILURE")
    assert worker.log().count("this run is superseded") == 1
    assert "Traceback" not in worker.log()


@pytest.mark.parametrize("fails", [False, True])
def test_the_end_of_a_superseded_run_is_kept_nowhere(
    start_worker: StartWorker, log: Log, app: celery.Celery, tmp_path: Path, fails: bool
) -> None:
    worker, table, path = (
        start_worker("-I", TASKS, "--concurrency=1"),
        Table(log.client),
        tmp_path / "go",
    )
    task_id = str(app.send_task("deadly.report_and_end_on", (str(path), fails)).id)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "waiting", 10, "it runs")
    log.append(started(task_id, run="a later one"))
    path.touch()
    worker.wait_for_log(f"{task_id}] ignored", 5)
    assert (table.row(task_id) or {})["state"] == "STARTED"
    assert kept_state(log.client, task_id) not in ("SUCCESS", "FAILURE")
    log.append(succeeded(task_id, run="a later one"))
    assert (table.row(task_id) or {})["state"] == "SUCCESS", "the later attempt still tells its end"

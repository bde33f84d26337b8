"""A task that runs is stopped on request: gently at its next report, or by force; and says what became of it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import celery
import pytest

from tests.processes import Service, wait_until
from tests.worker.told import kept_state
from worker import events
from worker.actions import Actions
from worker.store import Table
from worker.stream import Log

StartWorker = Callable[..., Service]
Begin = Callable[..., str]

TASKS = "tests.trial_tasks,tests.stop_tasks"


@pytest.fixture
def actions(log: Log, app: celery.Celery) -> Actions:
    return Actions(log, app.control)


def row(table: Table, task_id: str) -> dict[str, Any]:
    return table.row(task_id) or {}


def is_running(table: Table, task_id: str) -> bool:
    return row(table, task_id).get("state") == "PROGRESS"


@pytest.fixture
def begin(start_worker: StartWorker, table: Table, app: celery.Celery) -> Begin:
    """Start a worker, and in it a task; answers its id once it runs."""

    def begin_task(name: str, *args: Any, pool: str = "prefork") -> str:
        start_worker("-I", TASKS, f"--pool={pool}", "--concurrency=1")
        task_id = str(app.send_task(name, args).id)
        wait_until(lambda: is_running(table, task_id), 10, "it runs")
        return task_id

    return begin_task


def wait_for_stop(table: Table, task_id: str, within_s: float) -> None:
    wait_until(lambda: row(table, task_id)["state"] == "REVOKED", within_s, "it is stopped")


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_a_task_that_is_asked_to_stop_cleans_up_and_ends_revoked_with_how_far_it_was(
    begin: Begin, log: Log, table: Table, app: celery.Celery, actions: Actions, tmp_path: Path
) -> None:
    task_id = begin("trial.clean_up", str(tmp_path / "steps"), 0.05)
    wait_until(lambda: (row(table, task_id).get("current") or 0) >= 4, 10, "it runs")
    assert actions.stop(task_id, False, {"user": "ada"})["kind"] == "stop"
    wait_for_stop(table, task_id, 3)
    ended = row(table, task_id)
    assert ended["summary"].startswith("Stopped on request at ")
    assert ended["note"] == "cleaning up", "what it reports on its way out is told"
    assert (tmp_path / "steps").read_text().splitlines()[-1] == "cleaned up"
    assert (ended["action"]["state"], ended["action"]["by"]) == ("done", {"user": "ada"})
    assert kept_state(log.client, task_id) == "REVOKED"
    after = str(app.send_task("trial.tell", ("hello",)).id)
    wait_until(lambda: row(table, after).get("state") == "SUCCESS", 5, "the worker goes on with another task")


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_task_that_says_nothing_is_known_to_have_been_asked_and_stops_at_its_next_report(
    begin: Begin, table: Table, actions: Actions, tmp_path: Path, pool: str
) -> None:
    task_id = begin("trial.report_when_told", str(tmp_path / "go"), str(tmp_path / "ended"), pool=pool)
    actions.stop(task_id, False, {})
    if pool != "solo":  # its main loop is the task: it cannot hear anything meanwhile
        wait_until(lambda: row(table, task_id)["action"]["state"] == "seen", 2, "the worker has seen it")
        assert is_running(table, task_id), "void: it has ended before its report"
    (tmp_path / "go").touch()
    wait_for_stop(table, task_id, 5)
    assert not (tmp_path / "ended").exists()


def test_a_stop_that_no_worker_has_heard_is_told_by_the_tasks_next_append(
    begin: Begin, log: Log, table: Table, tmp_path: Path
) -> None:
    task_id = begin("trial.clean_up", str(tmp_path / "steps"), 0.05)
    log.append(events.asked(task_id, {"kind": "stop", "state": "asked"}))
    wait_for_stop(table, task_id, 3)


def test_a_loop_that_catches_everything_is_stopped_when_it_lets_it_through(
    begin: Begin, table: Table, actions: Actions, tmp_path: Path
) -> None:
    task_id = begin("trial.swallow", str(tmp_path / "steps"), 3)
    actions.stop(task_id, False, {})
    wait_for_stop(table, task_id, 5)
    assert (tmp_path / "steps").read_text() == "swallowed\n" * 3, "each report after the first says it again"


def test_a_task_that_reports_nothing_is_stopped_by_force_and_really_is(
    begin: Begin, table: Table, app: celery.Celery, actions: Actions, tmp_path: Path
) -> None:
    task_id = begin("trial.write_on", str(tmp_path / "written"), 60)
    actions.stop(task_id, False, {})
    wait_until(lambda: row(table, task_id)["action"]["state"] == "seen", 2, "the worker has seen it")
    before = size(tmp_path / "written")
    wait_until(lambda: size(tmp_path / "written") > before, 2, "void: it does not run on")
    assert actions.stop(task_id, True, {})["kind"] == "force"
    wait_for_stop(table, task_id, 3)
    time.sleep(0.3)  # what was still under way
    left = size(tmp_path / "written")
    time.sleep(0.5)
    assert size(tmp_path / "written") == left, "it writes on"
    assert (row(table, task_id)["action"]["kind"], row(table, task_id)["action"]["state"]) == ("force", "done")
    after = str(app.send_task("trial.tell", ("hello",)).id)
    wait_until(lambda: row(table, after).get("state") == "SUCCESS", 10, "the worker goes on with another task")


def test_a_task_stopped_by_force_is_not_run_again_although_its_message_was_not_acknowledged(
    begin: Begin, table: Table, app: celery.Celery, actions: Actions, tmp_path: Path
) -> None:
    task_id = begin("trial.hold", str(tmp_path / "runs"), 60)
    actions.stop(task_id, True, {})
    wait_for_stop(table, task_id, 3)
    after = str(app.send_task("trial.tell", ("hello",)).id)
    wait_until(lambda: row(table, after).get("state") == "SUCCESS", 10, "the worker has come to the next")
    time.sleep(0.5)
    assert (tmp_path / "runs").read_text() == "run\n"
    assert row(table, task_id)["state"] == "REVOKED"


def test_a_waiting_task_is_revoked_at_once_with_its_receipt(
    begin: Begin, table: Table, app: celery.Celery, actions: Actions, tmp_path: Path
) -> None:
    ahead = begin("trial.write_on", str(tmp_path / "ahead"), 60)
    task_id = str(app.send_task("trial.write_on", (str(tmp_path / "kept"), 1)).id)
    wait_until(lambda: row(table, task_id).get("state") == "RECEIVED", 5, "the worker keeps one more")
    assert actions.stop(task_id, True, {})["kind"] == "revoke"
    wait_until(lambda: row(table, task_id)["state"] == "REVOKED", 2, "it is told at once")
    assert row(table, task_id)["action"]["state"] == "done"
    assert is_running(table, ahead), "the one that runs is left alone"


def test_a_task_asked_to_stop_while_no_worker_is_there_is_never_run(
    start_worker: StartWorker, log: Log, table: Table, app: celery.Celery, actions: Actions, tmp_path: Path
) -> None:
    task_id, last = (str(app.send_task("trial.write_on", (str(tmp_path / name), 1)).id) for name in ("one", "last"))
    log.append(events.sent(task_id, "trial.write_on", "celery"))
    actions.stop(task_id, False, {})
    assert row(table, task_id)["action"]["state"] == "asked", "nobody has answered, and nothing else is said"
    start_worker("-I", TASKS, "--concurrency=1")
    wait_until(lambda: row(table, last).get("state") == "SUCCESS", 20, "the worker has come to the last")
    assert (row(table, task_id)["state"], row(table, task_id)["action"]["state"]) == ("REVOKED", "done")
    assert not (tmp_path / "one").exists()

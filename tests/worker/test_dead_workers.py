"""A whole worker dies, and another takes care of what it held: within 10 s, and the 2 s between two heartbeats."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import celery
import pytest

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from tests.worker.told import kept_state
from worker import states
from worker.fleet import SILENCE_S
from worker.store import Row, Table

StartWorker = Callable[..., Service]

TOLD_WITHIN_S = 24
"""Twice what it takes: tests run beside each other. `make faults` insists on the bound itself (rows F17)."""

SOON_S = 15
"""For what takes a second where nothing runs beside it."""


@pytest.fixture
def start_victim(keeper: Service, start_worker: StartWorker) -> Callable[..., Service]:
    def start(*arguments: str, **env: str) -> Service:
        return start_worker("-I", "tests.deadly_tasks", "-n victim@h", "--concurrency=3", *arguments, **env)

    return start


def row(table: Table, task_id: str) -> Row:
    return table.row(task_id) or {}


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_killed_worker_held_is_told_lost_or_runs_elsewhere(
    start_victim: Callable[..., Service], table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    victim = start_victim("--prefetch-multiplier=2")
    running = {name: str(app.send_task(f"deadly.{name}", (str(tmp_path / name), 60)).id) for name in RUNNING}
    wait_until(lambda: all(row(table, one).get("note") == "run 1" for one in running.values()), SOON_S, "they run")
    waiting = str(app.send_task("deadly.early", (str(tmp_path / "waiting"), 0)).id)
    wait_until(lambda: row(table, waiting).get("state") == "RECEIVED", SOON_S, "it is prefetched")
    children = [int((tmp_path / name).read_text().split()[0]) for name in RUNNING]

    os.kill(victim.pid, signal.SIGKILL)  # its main process alone
    victim.process.wait()
    wait_until(lambda: not any(lives(pid) for pid in children), SOON_S, "its pool dies with it")
    wait_until(lambda: row(table, running["early"])["state"] == "LOST", TOLD_WITHIN_S, "it is told lost")
    wait_until(lambda: row(table, running["late_once"])["state"] == "LOST", SOON_S, "it is told lost")
    wait_until(lambda: row(table, running["late"])["state"] == "RETRY", SOON_S, "it is told that it waits")
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: row(table, waiting)["state"] == "SUCCESS", SOON_S, "what had not begun runs elsewhere")
    wait_until(lambda: row(table, running["late"])["state"] == "SUCCESS", SOON_S, "what may run again does")
    assert row(table, running["late"])["attempt"] == 2
    assert (tmp_path / "late").read_text().count("ended") == 1
    assert [row(table, running[name])["state"] for name in ("early", "late_once")] == ["LOST", "LOST"]
    wait_until(lambda: not table.client.hlen("unacked") and not table.client.llen("celery"), SOON_S, "nothing is left")
    assert not any("ended" in (tmp_path / name).read_text() for name in ("early", "late_once"))


RUNNING = ("early", "late", "late_once")


@pytest.mark.parametrize("late", [False, True], ids=["early", "late"])
def test_an_end_that_a_dead_worker_could_not_tell_is_told_for_it(
    start_victim: Callable[..., Service], table: Table, app: celery.Celery, tmp_path: Path, late: bool
) -> None:
    start_victim()
    path = tmp_path / "runs"
    task_id = str(app.send_task("deadly.end_untold" + "_late" * late, (str(path),)).id)
    wait_until(lambda: kept_state(table.client, task_id) == "SUCCESS", SOON_S, "its result is kept")
    assert not states.is_final(row(table, task_id)["state"]), "void: its end was told"
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: states.is_final(row(table, task_id)["state"]), TOLD_WITHIN_S, "its end is told")
    told = row(table, task_id)
    assert (told["state"], told["attempt"], told["result"]) == ("SUCCESS", 1, "worked")
    assert path.read_text().count("run") == 1
    assert not table.client.hlen("unacked") and not table.client.llen("celery")


def test_a_result_backend_that_hangs_does_not_hold_up_the_care_for_a_dead_worker(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    (tmp_path / "backend").mkdir()
    with RedisServer.start(tmp_path / "backend") as backend:
        env = {"CELERY_RESULT_BACKEND": backend.url}
        start_worker("-I", "tests.deadly_tasks", "-n keeper@h", "-Q other", **env)
        victim = start_worker("-I", "tests.deadly_tasks", "-n victim@h", "--concurrency=4", **env)
        paths = [str(tmp_path / f"runs-{number}") for number in range(4)]
        task_ids = [str(app.send_task("deadly.early", (path, 60)).id) for path in paths]
        wait_until(lambda: all(row(table, one).get("note") == "run 1" for one in task_ids), SOON_S, "they run")
        os.kill(backend.pid, signal.SIGSTOP)
        try:
            victim.kill()
            wait_until(lambda: {row(table, one)["state"] for one in task_ids} == {"LOST"}, TOLD_WITHIN_S + 1, "lost")
        finally:
            os.kill(backend.pid, signal.SIGCONT)


def test_a_task_that_kills_its_worker_each_time_is_given_up(
    start_victim: Callable[..., Service], table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    victim, path = start_victim(MAX_LOSSES="2"), tmp_path / "runs"
    task_id = str(app.send_task("deadly.kill_worker", (str(path),)).id)

    def is_given_up() -> bool:
        if victim.returncode is not None:
            victim.start()
        return states.is_final(row(table, task_id).get("state", ""))

    wait_until(is_given_up, 4 * TOLD_WITHIN_S, "it has ended")
    told = row(table, task_id)
    assert (told["state"], told["summary"]) == ("FAILURE", "It was given up: 2 executions were lost with their worker")
    # The first may go uncounted: its worker may die before anybody could be told that it had begun.
    assert path.read_text().count("run") in (2, 3)
    assert victim.returncode is None, "the worker lives"
    assert kept_state(table.client, task_id) == "FAILURE"
    wait_until(lambda: not table.client.hlen("unacked") and not table.client.llen("celery"), SOON_S, "nothing is left")


def test_a_worker_that_is_told_to_end_and_does_not_in_time_leaves_its_tasks_to_others(
    start_victim: Callable[..., Service], table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    victim = start_victim()
    running = {name: str(app.send_task(f"deadly.{name}", (str(tmp_path / name), 60)).id) for name in RUNNING}
    wait_until(lambda: all(row(table, one).get("note") == "run 1" for one in running.values()), SOON_S, "they run")
    victim.signal(signal.SIGTERM)
    victim.wait_for_log("Warm shutdown", 5)
    app.control.add_consumer("celery", destination=["keeper@h"])
    time.sleep(2)
    assert [row(table, one)["state"] for one in running.values()] == ["PROGRESS"] * 3, "void: it did not wait for them"
    victim.kill()  # as platforms do when their patience ends
    wait_until(lambda: row(table, running["early"])["state"] == "LOST", TOLD_WITHIN_S, "it is told lost")
    wait_until(lambda: row(table, running["late_once"])["state"] == "LOST", SOON_S, "it is told lost")
    wait_until(lambda: row(table, running["late"])["state"] == "SUCCESS", SOON_S, "it runs elsewhere")
    assert row(table, running["late"])["attempt"] == 2


def test_a_worker_that_ends_and_waits_for_its_tasks_is_not_taken_for_dead(
    start_victim: Callable[..., Service], keeper: Service, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    victim = start_victim("--prefetch-multiplier=2")
    longer_s = SILENCE_S + 6
    running = [str(app.send_task("deadly.late", (str(tmp_path / f"{one}"), longer_s)).id) for one in range(3)]
    wait_until(lambda: all(row(table, one).get("note") == "run 1" for one in running), SOON_S, "they run")
    waiting = str(app.send_task("deadly.early", (str(tmp_path / "waiting"), 0)).id)
    wait_until(lambda: row(table, waiting).get("state") == "RECEIVED", SOON_S, "it is prefetched")
    victim.signal(signal.SIGTERM)
    victim.wait_for_log("Warm shutdown", 5)
    late = str(app.send_task("deadly.early", (str(tmp_path / "late"), 0)).id)
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: row(table, waiting)["state"] == "SUCCESS", SOON_S, "what had not begun is handed back at once")
    wait_until(lambda: row(table, late)["state"] == "SUCCESS", SOON_S, "nothing is sent to a worker that takes no more")
    assert victim.process.wait(longer_s + 10) == 0
    assert [(row(table, one)["state"], row(table, one)["attempt"]) for one in running] == [("SUCCESS", 1)] * 3
    assert "has fallen silent" not in keeper.log()


def test_a_task_that_was_begun_after_the_last_heartbeat_is_told_lost(
    start_victim: Callable[..., Service], table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    victim = start_victim()
    task_id = str(app.send_task("deadly.early", (str(tmp_path / "runs"), 60)).id)
    wait_until(lambda: row(table, task_id).get("note") == "run 1", SOON_S, "it runs")
    victim.kill()
    for key in table.client.scan_iter("{pushboard}:held:victim*"):
        table.client.delete(key)  # as if it had been killed before it could say what it holds
    wait_until(lambda: row(table, task_id)["state"] == "LOST", TOLD_WITHIN_S, "it is told lost")

"""Workers that freeze and come back, and workers whose main loop hangs: they are taken for dead, and take it well."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import celery
import pytest

from tests.processes import Service, wait_until
from tests.watcher import Watcher
from worker import states
from worker.store import Row, Table

StartWorker = Callable[..., Service]

TOLD_WITHIN_S = 12
FROZEN_S = 20


@pytest.fixture
def victim(keeper: Service, start_worker: StartWorker) -> Service:
    return start_worker("-I", "tests.deadly_tasks", "-n victim@h", "--concurrency=2", "--prefetch-multiplier=2")


def row(table: Table, task_id: str) -> Row:
    return table.row(task_id) or {}


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_a_frozen_worker_comes_back_to_find_its_tasks_with_others(
    victim: Service,
    keeper: Service,
    web: Service,
    watch: Callable[..., Watcher],
    table: Table,
    app: celery.Celery,
    tmp_path: Path,
) -> None:
    watcher = watch(web.url)  # it fails the test if an end is taken back but by a new attempt
    early, late, waiting = (tmp_path / name for name in ("early", "late", "waiting"))
    ids = {path: str(app.send_task(f"deadly.{path.name}", (str(path), 60)).id) for path in (early, late)}
    wait_until(lambda: all(row(table, one).get("note") == "run 1" for one in ids.values()), 10, "they run")
    ids[waiting] = str(app.send_task("deadly.late", (str(waiting), 0)).id)
    wait_until(lambda: row(table, ids[waiting]).get("state") == "RECEIVED", 10, "it is prefetched")

    victim.signal(signal.SIGSTOP)
    frozen_at = time.monotonic()
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: row(table, ids[early])["state"] == "LOST", TOLD_WITHIN_S, "it is told lost")
    wait_until(lambda: row(table, ids[late])["state"] == "SUCCESS", 5, "it runs elsewhere")
    wait_until(lambda: row(table, ids[waiting])["state"] == "SUCCESS", 5, "so does what had not begun")
    time.sleep(max(0.0, frozen_at + FROZEN_S - time.monotonic()))
    victim.signal(signal.SIGCONT)

    victim.wait_for_log("this worker was taken for dead", 5)
    wait_until(lambda: victim.log().count("] ignored") == 2, 5, "both runs are stopped at their next report")
    assert [len(lines(path)) for path in (early, late, waiting)] == [1, 3, 2]
    app.control.cancel_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: "celery" not in consumed(app, "keeper@h"), 5, "the other worker takes nothing any more")
    after = [str(app.send_task("deadly.late", (str(tmp_path / f"after-{number}"), 0)).id) for number in range(8)]
    wait_until(lambda: all(row(table, one).get("state") == "SUCCESS" for one in after), 10, "it works again")
    assert {row(table, one)["worker"] for one in after} == {"victim@h"}
    assert [row(table, ids[path])["state"] for path in (early, late, waiting)] == ["LOST", "SUCCESS", "SUCCESS"]
    assert [row(table, ids[path])["attempt"] for path in (early, late, waiting)] == [1, 2, 1]
    wait_until(lambda: not table.client.hlen("unacked") and not table.client.llen("celery"), 5, "nothing is left")
    wait_until(lambda: watcher.rows.get(after[-1], {}).get("state") == "SUCCESS", 5, "the watcher has seen all")


def consumed(app: celery.Celery, worker: str) -> set[str]:
    answer = app.control.inspect([worker]).active_queues() or {}
    return {queue["name"] for queue in answer.get(worker, [])}


def test_a_frozen_worker_that_nobody_missed_goes_on(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    worker = start_worker("-I", "tests.deadly_tasks", "--concurrency=1", "--prefetch-multiplier=2")
    path, waiting = tmp_path / "runs", tmp_path / "waiting"
    first = str(app.send_task("deadly.late", (str(path), 12)).id)
    wait_until(lambda: row(table, first).get("note") == "run 1", 10, "it runs")
    second = str(app.send_task("deadly.late", (str(waiting), 0)).id)
    worker.signal(signal.SIGSTOP)
    time.sleep(10)
    worker.signal(signal.SIGCONT)
    wait_until(lambda: row(table, second).get("state") == "SUCCESS", 10, "the second runs")
    assert [row(table, one)["attempt"] for one in (first, second)] == [1, 1]
    assert [len(lines(one)) for one in (path, waiting)] == [2, 2]
    assert "taken for dead" not in worker.log()


def test_a_worker_whose_main_loop_hangs_is_taken_for_dead(
    victim: Service, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    path = tmp_path / "runs"
    task_id = str(app.send_task("deadly.late", (str(path), 60)).id)
    wait_until(lambda: row(table, task_id).get("note") == "run 1", 10, "it runs")
    child = int(lines(path)[0])
    app.control.broadcast("hang", arguments={"for_s": 25}, destination=["victim@h"])
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: row(table, task_id).get("state") == "SUCCESS", TOLD_WITHIN_S + 2, "it runs elsewhere")
    assert (row(table, task_id)["attempt"], row(table, task_id)["worker"]) == (2, "keeper@h")
    assert "the main loop has stood still" in victim.log()
    victim.wait_for_log(f"{task_id}] ignored", 5)
    os.kill(child, 0)  # its process lives, and only the task was stopped
    victim.wait_for_log("this worker was taken for dead", 20)
    app.control.cancel_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: "celery" not in consumed(app, "keeper@h"), 5, "the other worker takes nothing any more")
    after = str(app.send_task("deadly.late", (str(tmp_path / "after"), 0)).id)
    wait_until(lambda: states.is_final(row(table, after).get("state", "")), 10, "it works again")
    assert row(table, after)["worker"] == "victim@h"
    assert len(lines(path)) == 3


@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_a_pool_that_works_in_the_main_process_is_not_taken_for_hung(
    keeper: Service, start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path, pool: str
) -> None:
    worker = start_worker("-I", "tests.deadly_tasks", "-n victim@h", f"-P {pool}", "--concurrency=1")
    task_id = str(app.send_task("deadly.late", (str(tmp_path / "runs"), TOLD_WITHIN_S + 1)).id)
    wait_until(lambda: row(table, task_id).get("note") == "run 1", 10, "it runs")
    app.control.add_consumer("celery", destination=["keeper@h"])
    wait_until(lambda: states.is_final(row(table, task_id)["state"]), TOLD_WITHIN_S + 10, "it has ended")
    assert (row(table, task_id)["state"], row(table, task_id)["attempt"]) == ("SUCCESS", 1)
    assert "has fallen silent" not in keeper.log()
    assert worker.stop() == 0, "it ends when it is told to"

"""A process of the pool dies with its task (F16): the failure, or the next attempt, is told within 5 s."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import celery
import pytest
import redis

from tests.processes import Service, wait_until
from tests.worker.told import kept
from worker import states
from worker.store import Row, Table

StartWorker = Callable[..., Service]

TOLD_WITHIN_S = 5


def row(table: Table, task_id: str) -> Row:
    return table.row(task_id) or {}


def nothing_left(client: redis.Redis) -> bool:
    """Whether the broker keeps no message, neither waiting nor taken."""
    return not client.hlen("unacked") and not client.llen("celery")


@pytest.mark.parametrize("name", ["early", "early_reject", "late", "late_reject", "late_once"])
def test_a_task_whose_process_is_killed_is_told_of_soon(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path, name: str
) -> None:
    start_worker("-I", "tests.deadly_tasks", "--concurrency=2")
    path = tmp_path / "runs"
    task_id = str(app.send_task(f"deadly.{name}", (str(path), 30)).id)
    wait_until(lambda: row(table, task_id).get("note") == "run 1", 10, "it runs")
    os.kill(int(path.read_text().split()[0]), signal.SIGKILL)
    wait_until(lambda: states.is_final(row(table, task_id)["state"]), TOLD_WITHIN_S, "its end is told")
    again = name == "late_reject"
    told = row(table, task_id)
    assert (told["state"], told["attempt"]) == (("SUCCESS", 2) if again else ("FAILURE", 1))
    if not again:
        assert "died" in told["summary"]
    assert path.read_text().count("ended") == int(again)
    wait_until(lambda: nothing_left(table.client), 5, "the message is acknowledged")


def test_a_task_that_kills_its_process_each_time_is_given_up(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Path
) -> None:
    start_worker("-I", "tests.deadly_tasks", "--concurrency=1")
    path = tmp_path / "runs"
    task_id = str(app.send_task("deadly.kill_process", (str(path),)).id)
    wait_until(lambda: states.is_final(row(table, task_id).get("state", "")), 30, "it has ended")
    assert path.read_text().count("run") == 3
    told = row(table, task_id)
    assert (told["state"], told["summary"]) == ("FAILURE", "It was given up: 3 executions were lost with their worker")
    result = kept(table.client, task_id)["result"]
    assert (result["exc_type"], result["exc_message"]) == ("WorkerLostError", [told["summary"]])
    wait_until(lambda: nothing_left(table.client), 5, "the message is acknowledged")
    assert not list(table.client.scan_iter("*losses*")), "nothing is remembered of it"
    after = str(app.send_task("deadly.early", (str(tmp_path / "after"), 0)).id)
    wait_until(lambda: row(table, after).get("state") == "SUCCESS", 10, "the worker goes on")

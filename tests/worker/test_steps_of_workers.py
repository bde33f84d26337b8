"""What real workers tell of what happened: canvases, retries, workers that die, tasks that are revoked."""

from collections.abc import Callable
from typing import Any

import celery
import pytest
import redis
from celery import chain, group, signature

from tests.processes import Service, wait_until
from worker import states
from worker.actions import Actions
from worker.steps import STEPS
from worker.store import Row, Table
from worker.stream import Log

StartWorker = Callable[..., Service]

TOGETHER = ("-I", "tests.trial_tasks,tests.family_tasks", "--concurrency=2")


@pytest.fixture
def table(redis_client: redis.Redis) -> Table:
    return Table(redis_client)


@pytest.fixture
def app(redis_url: str) -> celery.Celery:
    """A foreign program that sends tasks."""
    return celery.Celery(broker=redis_url, backend=None)


def ended(table: Table, task_id: str) -> Row:
    def found() -> Row:
        row = table.row(task_id)
        return row if row and states.is_final(row["state"]) else {}

    wait_until(found, 20, f"{task_id} ends")
    return found()


def steps_of(row: Row) -> list[dict[str, Any]]:
    return sorted((row[name] for name in STEPS if name in row), key=lambda step: step["n"])


def kinds(row: Row) -> list[str]:
    return [step["kind"] for step in steps_of(row) if step["kind"] != "sent"]  # a foreign program tells of no sending


def children_of(table: Table, task_id: str, number: int) -> list[Row]:
    def found() -> list[Row]:
        snapshot = table.task(task_id)
        return snapshot.rows[1:] if snapshot and len(snapshot.rows) > number else []

    wait_until(found, 10, f"{task_id} has {number} children")
    return found()


@pytest.mark.parametrize(("kind", "number"), [("chain", 1), ("group", 3), ("chord", 3)])
def test_a_canvas_that_a_task_sends_is_its_children(
    start_worker: StartWorker, table: Table, app: celery.Celery, kind: str, number: int
) -> None:
    start_worker(*TOGETHER)
    parent = str(app.send_task("family.send", (kind,)).id)
    ended(table, parent)
    children = children_of(table, parent, number)
    assert {row["name"] for row in children} == {"family.member"}
    for child in children:
        row = ended(table, child["task_id"])
        assert (row["parent_id"], row["root_id"]) == (parent, parent)


def test_each_link_of_a_chain_is_the_child_of_the_one_before(
    start_worker: StartWorker, table: Table, app: celery.Celery
) -> None:
    start_worker(*TOGETHER)
    links = [signature("family.member", (number,), app=app, immutable=True) for number in range(3)]
    last = chain(*links, app=app).apply_async()
    first, second = last.parent.parent.id, last.parent.id
    assert ended(table, last.id)["parent_id"] == second
    assert ended(table, second)["parent_id"] == first
    assert ended(table, last.id)["root_id"] == first
    assert ended(table, first)["parent_id"] is None


def test_a_group_that_no_task_sent_has_no_parent(start_worker: StartWorker, table: Table, app: celery.Celery) -> None:
    start_worker(*TOGETHER)
    sent = group([signature("family.member", (number,), app=app) for number in range(2)], app=app).apply_async()
    assert [ended(table, child.id)["parent_id"] for child in sent.results] == [None, None]


def test_a_retry_is_told_with_its_reason_and_its_wait(
    start_worker: StartWorker, table: Table, app: celery.Celery
) -> None:
    start_worker(*TOGETHER)
    row = ended(table, str(app.send_task("trial.fail_once").id))
    assert kinds(row) == ["received", "started", "reported", "retried", "started", "reported", "ended"]
    retried = next(step for step in steps_of(row) if step["kind"] == "retried")
    assert retried["note"] == "gateway timeout"
    assert retried["eta"] - retried["at"] == pytest.approx(1, abs=0.5)


def test_10_000_reports_are_a_few_steps(start_worker: StartWorker, table: Table, app: celery.Celery) -> None:
    start_worker(*TOGETHER)
    row = ended(table, str(app.send_task("family.report_often").id))
    told = kinds(row)
    assert told[:2] == ["received", "started"] and told[-1] == "ended"
    assert 1 <= len(told) - 3 <= 5
    assert [step for step in steps_of(row) if "current" in step][-1]["current"] == 10_000


def test_a_worker_that_is_killed_leaves_a_lost_attempt_and_the_next_one_follows(
    start_worker: StartWorker, table: Table, app: celery.Celery, tmp_path: Any
) -> None:
    first = start_worker("-I", "tests.trial_tasks", "--concurrency=1", "-n", "first@here")
    task_id = str(app.send_task("trial.hold", (str(tmp_path / "runs"), 60)).id)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "first run", 10, "it runs")
    start_worker("-I", "tests.trial_tasks", "--concurrency=1", "-n", "second@here")
    first.kill()
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "SUCCESS", 40, "the second attempt ends")
    row = table.row(task_id) or {}
    assert kinds(row) == ["received", "started", "reported", "put-back", "started", "reported", "ended"]
    started = [step for step in steps_of(row) if step["kind"] == "started"]
    assert [(step["attempt"], step["worker"]) for step in started] == [(1, "first@here"), (2, "second@here")]


def test_a_task_revoked_while_it_waits_tells_who_asked_and_its_end(
    start_worker: StartWorker, table: Table, app: celery.Celery, log: Log
) -> None:
    start_worker("-I", "tests.trial_tasks", "--concurrency=1")
    task_id = str(app.send_task("trial.tell", ("later",), countdown=60).id)
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "RECEIVED", 10, "it waits")
    Actions(log, app.control).stop(task_id, False, {"user": "ada"})
    row = ended(table, task_id)
    assert row["state"] == "REVOKED"
    assert kinds(row)[:2] == ["received", "asked"]
    assert [step["by"] for step in steps_of(row) if step["kind"] == "asked"] == ["ada"]
    assert kinds(row)[-2:] == ["ended", "told"]

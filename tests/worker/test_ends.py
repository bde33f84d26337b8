"""How tasks end in a real worker: without a result, stopped, or with others run inside them."""

from collections.abc import Callable

import celery
import pytest
import redis

from tests.processes import Service, wait_until
from worker import states
from worker.store import Row, Table

StartWorker = Callable[..., Service]


@pytest.fixture
def table(redis_client: redis.Redis) -> Table:
    return Table(redis_client)


@pytest.fixture
def app(redis_url: str) -> celery.Celery:
    """A foreign program that sends tasks."""
    return celery.Celery(broker=redis_url, backend=None)


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

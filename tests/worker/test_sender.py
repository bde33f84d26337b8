"""Who asked for a task: from the header of its message into its row, and to the task itself."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery

from tests.processes import Service, wait_until
from worker.store import Table


@pytest.fixture
def program(redis_url: str) -> Iterator[Celery]:
    """A program of its own that sends tasks, and tells the board nothing."""
    with Celery(broker=redis_url, set_as_current=False) as celery:
        yield celery


def ended(table: Table, program: Celery, name: str, header: object) -> dict[str, Any]:
    """The row of a task that was sent with this header, once it has ended."""
    sent = program.send_task(name, kwargs={"text": "x"}, headers={"pushboard": header}, ignore_result=True)
    wait_until(lambda: (table.row(sent.id) or {}).get("ended_at"), 10, f"the task with {header!r:.80} ends")
    return table.row(sent.id) or {}


def test_who_asked_for_a_task_is_in_its_row_and_reaches_the_task(
    start_worker: Callable[..., Service], table: Table, program: Celery
) -> None:
    start_worker("--concurrency=2", "-I", "tests.form_tasks")
    header = {"user": "ada", "address": "192.0.2.7"}
    row = ended(table, program, "forms.every_kind", header)
    assert row["sender"] == header
    assert row["result"]["headers"]["pushboard"] == header
    assert "sender" not in table.board().rows[0]


def test_what_others_write_into_the_header_does_no_harm(
    start_worker: Callable[..., Service], table: Table, program: Celery
) -> None:
    worker = start_worker("--concurrency=2", "-I", "tests.form_tasks")
    odd: tuple[object, ...] = (None, "root", [], 7, {}, {"user": 7}, {"user": None, "address": None})
    for header in odd:
        row = ended(table, program, "forms.every_kind", header)
        assert row["sender"] is None, header
        assert row["received_at"], header
    long = ended(table, program, "forms.every_kind", {"user": "<b>\r\n\ud800" + "x" * 5_000, "password": "secret"})
    assert len(long["sender"]["user"]) == 200
    assert set(long["sender"]) == {"user"}
    assert worker.returncode is None

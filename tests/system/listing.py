"""Many tasks, and what of them stands in the list."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.processes import wait_until
from worker import events, states
from worker.events import Event
from worker.query import Query
from worker.store import Table


def life(number: int, prefix: str = "order") -> list[Event]:
    task_id = f"{prefix}-{number:04}"
    told = [events.sent(task_id, "shop.pack", ("fast", "slow")[number % 2], kwargs=f"{{'customer': 'C{number:04}'}}")]
    if number % 10 == 0:
        told.append(Event("task-started", task_id, states.STARTED, "r1", 0, "started_at", {"worker": "w1"}))
    if number % 100 == 0:
        told.append(failed(task_id))
    return told


def failed(task_id: str) -> Event:
    return events.ended("failed", task_id, states.FAILURE, "r1", 1, summary="ValueError: no such box")


def started(task_id: str) -> Event:
    return Event("task-started", task_id, states.STARTED, "r1", 0, "started_at", {"worker": "w1"})


def listed(page: Page) -> list[str]:
    """The ids of the rows in view and near it, in their order."""
    return [str(task_id) for task_id in page.evaluate(ROWS)]


ROWS = """() => [...document.querySelectorAll("task-row:not([hidden])")]
  .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
  .map((row) => decodeURIComponent(row.querySelector("a").pathname.split("/").at(-1)))"""


def truth(table: Table, **asked: object) -> list[str]:
    return [row["task_id"] for row in table.query(Query(**asked)).rows]  # type: ignore[arg-type]


def wait_for_rows(page: Page, expected: Callable[[], list[str]], what: str) -> None:
    """Until the page's rows are the first ones of what is expected."""
    try:
        wait_until(lambda: _begins(expected(), listed(page)), 10, what)
    except AssertionError:
        assert listed(page) == expected()[: len(listed(page))], what
        raise


def _begins(expected: list[str], shown: list[str]) -> bool:
    return len(shown) >= min(5, len(expected)) and shown == expected[: len(shown)]

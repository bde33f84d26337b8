"""A person opens more tabs, late ones too; all of them tell the same."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service
from tests.system import screen
from worker.store import Table


def test_two_tabs_show_the_same_while_it_runs_and_a_late_one_shows_the_end(
    web: Service, worker: Service, table: Table, new_page: Callable[..., Page], redis_url: str
) -> None:
    first, second = (screen.open_page(new_page(), web.url) for _ in range(2))
    task_id = screen.send_task(redis_url, "trial.count", total=20, pause_s=0.1)
    expect(screen.row(first, task_id).locator(".task-row-note")).to_have_text(re.compile("step"))
    middle = screen.open_page(new_page(), f"{web.url}/tasks/{task_id}")
    for tab in (first, second):
        expect(screen.state(screen.row(tab, task_id))).to_have_text("Succeeded")
    expect(screen.state(middle.locator("task-detail"))).to_have_text("Succeeded")

    # A tab in the background paints about once a second.
    steps = [screen.seen_of(tab, task_id, "note") for tab in (first, second)]
    assert steps[0][-1] == steps[1][-1] == "Task completed!"
    assert all(len(shown) >= 3 and shown[:-1] == sorted(shown[:-1], key=step_of) for shown in steps), steps
    screen.assert_board_is_exact(first, table, task_id)
    screen.assert_board_is_exact(second, table, task_id)
    screen.assert_task_page_is_exact(middle, table, task_id)

    late = screen.open_page(new_page(), web.url)
    expect(screen.state(screen.row(late, task_id))).to_have_text("Succeeded")
    expect(screen.row(late, task_id).locator(".task-row-note")).to_have_text("Task completed!")


def test_a_failed_task_tells_what_went_wrong_at_an_address_that_can_be_shared(
    web: Service, worker: Service, table: Table, new_context: Callable[..., object], page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.count", total=2, fail=True)
    screen.wait_for_end(table, task_id)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Failed")
    expect(page.locator(".task-detail-error")).to_have_text("ValueError: the disk is full")
    expect(page.locator(".task-detail-traceback")).to_contain_text('raise ValueError("the disk is full")')
    screen.assert_task_page_is_exact(page, table, task_id)


def test_an_id_that_nobody_issued_is_a_plain_page_not_a_pending_task(
    web: Service, page: Page, recordings: dict[Page, Recording]
) -> None:
    recordings[page].allow("404")
    answer = page.goto(f"{web.url}/tasks/7d9a3a0e-0000-4000-8000-000000000000")
    assert answer and answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("There is no task with this id")
    expect(page.locator("task-detail, state-pill")).to_have_count(0)
    page.get_by_role("link", name="Pushboard").click()
    expect(screen.standing(page)).to_have_text(screen.LIVE)


def step_of(note: str) -> int:
    return int(note.removeprefix("step ")) if note.startswith("step ") else 0

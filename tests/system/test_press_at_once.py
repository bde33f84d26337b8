"""Two people press at once, somebody presses too late, somebody presses with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browsers import Recording
from tests.processes import Service
from tests.system import screen
from worker import events, states
from worker.store import Table
from worker.stream import Log

NEW = ".task-actions-new"


@pytest.fixture
def two(new_context: Callable[[], BrowserContext], new_page: Callable[..., Page]) -> list[Page]:
    """Two people, each with a browser of their own."""
    return [new_page(new_context()) for _ in range(2)]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def said(page: Page) -> Locator:
    return page.locator(".task-actions-said")


def begun(log: Log, task_id: str) -> None:
    log.append(events.sent(task_id, "trial.tell", "celery", call={"text": '{"args": ["hello"], "kwargs": {}}'}))
    log.append(events.Event("task-started", task_id, states.STARTED, "r", 0, "started_at", {"worker": "w@h"}))


def ended(log: Log, task_id: str) -> None:
    begun(log, task_id)
    log.append(events.ended("succeeded", task_id, states.SUCCESS, "r", result="hello"))


def press_at_once(pages: list[Page], name: str) -> None:
    """Both press before the server has heard of either."""
    on_the_way: list[Route] = []
    for page in pages:
        page.route("**/api/tasks/**", lambda route: on_the_way.append(route))
        button(page, name).click()
    for _ in range(500):
        if len(on_the_way) == len(pages):
            break
        pages[0].wait_for_timeout(10)
    assert len(on_the_way) == len(pages), "void: not both have asked"
    for route in on_the_way:
        route.continue_()


def test_two_who_stop_a_task_at_once_see_one_action_and_no_error(
    web: Service, log: Log, table: Table, two: list[Page]
) -> None:
    begun(log, "t1")
    for page in two:
        screen.open_page(page, f"{web.url}/tasks/t1")
    press_at_once(two, "Stop")
    for page in two:
        expect(said(page)).to_have_text("Asked to stop, by 127.0.0.1. No worker has answered yet")
        expect(page.locator("task-actions")).not_to_have_attribute("data-error", "")
        expect(button(page, "Stop by force")).to_be_enabled()


def test_two_who_run_a_task_again_at_once_are_led_to_one_new_task(
    web: Service, log: Log, table: Table, two: list[Page]
) -> None:
    ended(log, "t1")
    for page in two:
        screen.open_page(page, f"{web.url}/tasks/t1")
    press_at_once(two, "Run again")
    addresses = set()
    for page in two:
        expect(page.locator(NEW)).to_be_visible()
        expect(said(page)).to_have_text("Run again, by 127.0.0.1")
        addresses.add(page.locator(NEW).get_attribute("href"))
    assert len(addresses) == 1
    assert table.counts() == {states.SUCCESS: 1, states.PENDING: 1}


def test_a_stop_that_comes_just_after_the_end_says_that_there_is_nothing_to_stop(
    web: Service, log: Log, page: Page, recorded: Callable[[Page], Recording]
) -> None:
    recorded(page).allow("409")
    begun(log, "t1")
    screen.open_page(page, f"{web.url}/tasks/t1")

    def end_first(route: Route) -> None:
        log.append(events.ended("succeeded", "t1", states.SUCCESS, "r", result="hello"))
        route.continue_()

    page.route("**/api/tasks/**", end_first)
    button(page, "Stop").click()
    expect(said(page)).to_have_text("The task has ended already, so there is nothing to stop.")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    expect(button(page, "Run again")).to_be_enabled()


def test_who_presses_with_the_keyboard_keeps_the_place_also_where_nothing_can_be_pressed_any_more(
    web: Service, log: Log, page: Page
) -> None:
    begun(log, "t1")
    screen.open_page(page, f"{web.url}/tasks/t1")
    page.locator("task-actions:defined").wait_for()
    button(page, "Stop").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Stop")).to_be_disabled()
    expect(button(page, "Stop")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(button(page, "Stop by force")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, "Let it run")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(page, "Stop by force")).to_be_focused()


def test_a_task_that_no_worker_knows_has_failed_and_says_why(
    web: Service, worker: Service, page: Page, redis_url: str, table: Table
) -> None:
    task_id = screen.send_task(redis_url, "nobody.has_this", what=1)
    screen.wait_for_end(table, task_id)
    screen.open_page(page, web.url)
    row = screen.row(page, task_id)
    expect(row.locator(".task-row-name")).to_have_text("nobody.has_this")
    expect(row).to_have_attribute("data-group", "failed")
    why = "The worker that took it has no task of the name nobody.has_this"
    expect(row.locator(".task-row-note")).to_have_text(why)
    row.locator("a").click()
    expect(page.locator(".task-detail-note")).to_have_text(why)
    expect(page.locator(".task-actions-why")).to_have_text("What it was called with is not known here.")

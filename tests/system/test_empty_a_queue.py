"""A person on call empties a queue: its name typed once more, how much waits shown, what was done said."""

from collections.abc import Callable

import celery
import pytest
import redis
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service, wait_until
from tests.system import axe, screen
from tests.worker.told import sent
from worker.store import Table
from worker.stream import Log

WAITING = 7


@pytest.fixture
def ids(redis_url: str, log: Log) -> list[str]:
    """Tasks that wait in a queue which nobody takes from."""
    app = celery.Celery(broker=redis_url, backend=None)
    found = [str(app.send_task("trial.count", (number,)).id) for number in range(WAITING)]
    log.append_all([sent(one) for one in found])
    return found


def row(page: Page) -> Locator:
    return page.locator("queue-row", has=page.locator(".queue-row-name", has_text="celery"))


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Empty the queue celery?")


def test_a_queue_is_emptied_by_keyboard_and_every_page_sees_it(
    web: Service, ids: list[str], redis_client: redis.Redis, new_page: Callable[[], Page]
) -> None:
    page, other = new_page(), new_page()
    for one in (page, other):
        screen.open_page(one, f"{web.url}/workers")
        expect(row(one).locator(".queue-row-waiting")).to_have_text(str(WAITING))
    empty = page.get_by_role("button", name="Empty the queue celery")
    empty.press("Enter")
    box = dialog(page).get_by_role("textbox", name="Type the queue's name to confirm")
    expect(box).to_be_focused()
    expect(dialog(page)).to_contain_text(f"{WAITING} messages wait in it: their tasks will not run, and end revoked.")
    box.fill("Celery")
    box.press("Enter")
    expect(dialog(page).get_by_role("alert")).to_have_text("This is not the queue's name. Type it as it is: celery")
    assert redis_client.llen("celery") == WAITING, "emptied without its name"
    assert axe.found(page) == []
    redis_client.lpush("celery", "one more")
    expect(dialog(page)).to_contain_text(f"{WAITING + 1} messages wait in it")
    box.fill("celery")
    box.press("Enter")
    expect(dialog(page)).to_be_hidden()
    expect(page.locator(".purge-dialog-receipt")).to_have_text("celery was emptied: 8 messages were taken off.")
    expect(page.locator(".purge-dialog-receipt")).to_be_focused()
    assert redis_client.llen("celery") == 0
    expect(empty).to_have_count(0)
    expect(row(other)).to_have_count(0)


def test_who_leaves_it_is_back_at_the_button_and_nothing_is_emptied(
    web: Service, ids: list[str], redis_client: redis.Redis, page: Page
) -> None:
    screen.open_page(page, f"{web.url}/workers")
    empty = page.get_by_role("button", name="Empty the queue celery")
    for leave in ("Escape", "Leave it"):
        empty.press("Enter")
        expect(dialog(page)).to_be_visible()
        if leave == "Escape":
            page.keyboard.press(leave)
        else:
            dialog(page).get_by_role("button", name=leave).click()
        expect(dialog(page)).to_be_hidden()
        expect(empty).to_be_focused()
    assert redis_client.llen("celery") == WAITING


def test_the_tasks_of_an_emptied_queue_end_revoked_on_their_pages(
    web: Service, ids: list[str], table: Table, new_page: Callable[[], Page]
) -> None:
    page, task = new_page(), new_page()
    screen.open_page(page, f"{web.url}/workers")
    screen.open_page(task, f"{web.url}/tasks/{ids[0]}")
    expect(screen.state(task.locator("task-detail"))).to_have_text("Queued")
    page.get_by_role("button", name="Empty the queue celery").click()
    dialog(page).get_by_role("textbox").fill("celery")
    dialog(page).get_by_role("button", name="Empty it").click()
    expect(screen.state(task.locator("task-detail"))).to_have_text("Revoked")
    wait_until(lambda: all((table.row(one) or {}).get("state") == "REVOKED" for one in ids), 5, "all are revoked")

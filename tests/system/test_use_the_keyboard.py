"""A person without a mouse reaches every task, and nothing that happens takes the place away from under them."""

from playwright.sync_api import Page, expect

from tests.processes import Service
from tests.system import screen
from worker.store import Table


def test_rows_are_reached_and_opened_by_keyboard_while_they_change(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    screen.open_page(page, web.url)
    older = screen.send_task(redis_url, "trial.count", total=40, pause_s=0.1)
    expect(screen.state(screen.row(page, older))).to_have_text("Running")
    page.keyboard.press("j")
    expect(page.locator("task-list")).to_be_focused()
    expect(screen.row(page, older)).to_have_attribute("data-active", "")

    newer = screen.send_task(redis_url, "trial.count", total=30, pause_s=0.1)
    expect(screen.state(screen.row(page, newer))).to_have_text("Running")
    expect(page.locator("task-list")).to_be_focused()
    assert active(page) == older, "a new row above took the place of the chosen one"
    page.keyboard.press("ArrowUp")
    assert active(page) == newer
    page.keyboard.press("ArrowDown")
    expect(screen.state(screen.row(page, older))).to_have_text("Succeeded", timeout=10_000)
    expect(page.locator("task-list")).to_be_focused()
    assert active(page) == older

    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{web.url}/tasks/{older}")


def test_the_list_is_reached_with_tab_and_keeps_the_focus_of_a_button(
    web: Service, worker: Service, page: Page, redis_url: str
) -> None:
    screen.open_page(page, web.url)
    button = page.get_by_role("button", name="Running")
    button.focus()
    task_id = screen.send_task(redis_url, "trial.count", total=15, pause_s=0.1)
    expect(screen.row(page, task_id)).to_be_visible()
    expect(button).to_be_focused()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName") == "task-list":
            break
    page.keyboard.press("ArrowDown")
    assert active(page) == task_id
    page.keyboard.press("Enter")
    expect(page.locator("task-detail")).to_be_visible()


def active(page: Page) -> str:
    """The task of the row that the list names as the active one."""
    link = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        "?.querySelector('a').getAttribute('href')"
    )
    return str(link).removeprefix("/tasks/")

"""A person starts long tasks and watches them; nothing on the page asks for anything."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browsers import Recording
from tests.processes import Service
from tests.system import screen
from worker.store import Table


def test_the_button_starts_a_task_whose_bar_percentage_message_and_result_are_seen(
    web: Service, worker: Service, table: Table, page: Page
) -> None:
    shorten_steps(page)
    screen.open_page(page, web.url)
    press_start(page)
    task_id = newest_task(page)
    row = screen.row(page, task_id)
    expect(row.get_by_role("progressbar")).to_be_visible()
    expect(screen.state(row)).to_have_text("Succeeded", timeout=20_000)

    percents = [int(text.rstrip("%")) for text in screen.seen_of(page, task_id, "percent")]
    bars = [int(text) for text in screen.seen_of(page, task_id, "bar")]
    assert percents == sorted(percents) and len(percents) >= 5, percents
    assert bars == sorted(bars) and len(bars) >= 5, bars
    assert screen.seen_of(page, task_id, "state")[-2:] == ["Running", "Succeeded"]
    notes = screen.seen_of(page, task_id, "note")
    assert any(re.fullmatch(r"\w+ \w+ [\w ]+\.\.\.", note) for note in notes), notes
    assert notes[-1] == "Task completed!"
    screen.assert_board_is_exact(page, table, task_id)

    row.locator("a").click()
    expect(page).to_have_url(f"{web.url}/tasks/{task_id}")
    expect(page.locator(".result-card-value")).to_contain_text('"result": 42')
    screen.assert_task_page_is_exact(page, table, task_id)


def test_tasks_side_by_side_are_pushed_and_the_page_asks_for_nothing(
    web: Service, worker: Service, table: Table, page: Page, recordings: dict[Page, Recording]
) -> None:
    shorten_steps(page)
    page.add_init_script(screen.OWN_SOCKET)
    screen.open_page(page, web.url)
    recording = recordings[page]
    before = len(recording.requests)
    press_start(page)
    press_start(page)
    others = [screen.start_long_task(web) for _ in range(2)]
    expect(page.locator("task-row:not([hidden])")).to_have_count(4)
    ids = [row["task_id"] for row in table.board().rows]
    assert set(others) < set(ids)

    for task_id in ids:
        expect(screen.state(screen.row(page, task_id))).to_have_text("Succeeded", timeout=20_000)
    side_by_side = [
        view for view in screen.seen(page) if [task["state"] for task in view.tasks.values()] == 4 * ["Running"]
    ]
    assert side_by_side, "never all four ran at once"
    assert recording.requests[before:] == ["POST /longtask"] * 2
    assert len(recording.sockets) == 1
    assert not [path for path in recording.requests if "/status" in path or "/api" in path or "polling" in path]
    screen.assert_board_is_exact(page, table, *ids)


def test_a_tasks_own_page_is_pushed_to_and_asks_for_nothing(
    web: Service, worker: Service, table: Table, page: Page, recordings: dict[Page, Recording]
) -> None:
    task_id = screen.start_long_task(web)
    page.add_init_script(screen.OWN_SOCKET)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    recording = recordings[page]
    before = len(recording.requests)
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded", timeout=20_000)
    expect(page.locator(".result-card-value")).to_contain_text('"result": 42')
    expect(page).to_have_title(re.compile("^Succeeded"))
    asked = [path for path in recording.requests[before:] if "/icons/" not in path]
    assert asked == []
    assert len(recording.sockets) == 1
    assert len(screen.seen_of(page, task_id, "percent")) >= 5
    screen.assert_task_page_is_exact(page, table, task_id)


def shorten_steps(page: Page) -> None:
    """What the button sends goes to the real server, with a step of 0.1 s where its own would be 1 s."""

    def add_step(route: Route) -> None:
        headers = route.request.headers | {"content-type": "application/json"}
        route.continue_(headers=headers, post_data='{"step_s": 0.1}')

    page.route("**/longtask", add_step)


def press_start(page: Page) -> None:
    with page.expect_response("**/longtask") as answer:
        page.get_by_role("button", name="Start long task").click()
    assert answer.value.status == 202


def newest_task(page: Page) -> str:
    """The id in the first row's address."""
    link = page.locator("task-row:not([hidden]) a").first
    link.wait_for()
    return (link.get_attribute("href") or "").removeprefix("/tasks/")


def test_that_the_server_could_not_be_reached_is_said_until_the_page_is_live_again(
    web: Service, page: Page, recordings: dict[Page, Recording]
) -> None:
    recordings[page].allow("ERR_CONNECTION", "WebSocket connection", "ERR_EMPTY_RESPONSE")
    screen.open_page(page, web.url)
    page.locator("long-task-form:defined").wait_for()
    web.kill()
    page.get_by_role("button", name="Start long task").click()
    said = page.locator("long-task-form .form-said")
    expect(said).to_contain_text("can't be reached")
    web.start()
    expect(page.locator(".connection-status-word")).to_have_text("Live", timeout=20_000)
    expect(said).to_have_text("")
    expect(page.locator(".form-outcome[data-error]")).to_have_count(0)

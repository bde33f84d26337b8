"""A person opens a task beside the list, and reads all that happened to it, whatever was away meanwhile."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from launcher.redis_server import RedisServer
from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker.steps import STEPS
from worker.store import Table

DESK: ViewportSize = {"width": 1440, "height": 900}
CONNECTION_ERRORS = ("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
AWAY = re.compile("Reconnecting…|Offline since")


@pytest.fixture(scope="session")
def redis_server() -> None:
    """Nobody in this file uses the one that all share."""


@pytest.fixture
def redis_url(own_redis: RedisServer) -> str:
    return own_redis.url


@pytest.fixture
def worker(start_worker: Callable[..., Service]) -> Service:
    tasks = "tests.trial_tasks,tests.family_tasks,tests.system.outage_tasks"
    return start_worker("--concurrency=4", "-I", tasks)


def drawer(page: Page) -> Any:
    return page.locator("task-drawer task-detail")


def open_drawer(page: Page, url: str, task_id: str) -> None:
    page.set_viewport_size(DESK)
    screen.open_page(page, url)
    screen.row(page, task_id).locator("a").click()
    expect(drawer(page)).to_be_visible()


def times_in(table: Table, task_id: str) -> list[float]:
    """In the order of the clock: an attempt that begins at once may be told before the end of the one before it."""
    row = table.row(task_id) or {}
    return sorted(row[name]["at"] for name in STEPS if name in row)


def steps_shown(page: Page) -> Any:
    return page.locator("task-story .log-row:not([hidden]):not([data-kind=line])[data-first=yes]")


def times_shown(page: Page) -> list[float]:
    texts = steps_shown(page).locator("time").evaluate_all("all => all.map(time => time.dateTime)")
    return [datetime.fromisoformat(text).timestamp() for text in texts]


def assert_same_steps(page: Page, table: Table, task_id: str) -> None:
    truth = times_in(table, task_id)
    expect(steps_shown(page)).to_have_count(len(truth))
    assert times_shown(page) == pytest.approx(truth, abs=0.0011), "a browser counts in milliseconds"


def test_a_retried_task_tells_both_attempts_and_why(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.fail_once")
    screen.wait_for_end(table, task_id)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    lines = steps_shown(page)
    expect(lines.filter(has_text="Attempt 1 failed")).to_contain_text("gateway timeout · again after ")
    expect(lines.filter(has_text="Attempt 2 started")).to_contain_text("on celery@")
    expect(lines.last).to_contain_text("Succeeded")
    expect(lines.last.locator("time")).to_have_attribute("title", re.compile(r"\w+, \w+ \d+, \d{4}"))
    assert_same_steps(page, table, task_id)


def test_the_drawer_opens_beside_the_list_and_closes_with_back_esc_and_its_button(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    first = screen.send_task(redis_url, "trial.tell", note="one")
    screen.wait_for_end(table, first)  # so that the second stands above it
    second = screen.send_task(redis_url, "trial.tell", note="two")
    screen.wait_for_end(table, second)
    open_drawer(page, listed_at := f"{web.url}/?state=succeeded", first)
    expect(page).to_have_url(f"{web.url}/tasks/{first}")
    expect(page.locator(".task-drawer-close")).to_be_focused()
    expect(screen.state(drawer(page))).to_have_text("Succeeded")

    screen.row(page, second).locator("a").click()
    expect(drawer(page).locator(".task-detail-id")).to_have_text(second)
    page.go_back()
    expect(page.locator("task-drawer")).to_be_hidden()
    expect(page).to_have_url(listed_at)
    expect(page).to_have_title("Pushboard")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(drawer(page).locator(".task-detail-id")).to_have_text(second)
    page.keyboard.press("Escape")
    expect(page.locator("task-drawer")).to_be_hidden()
    expect(page.locator("task-list")).to_be_focused()
    expect(page).to_have_url(listed_at)

    page.go_forward()
    expect(drawer(page).locator(".task-detail-id")).to_have_text(second)
    page.locator(".task-drawer-close").click()
    expect(page).to_have_url(listed_at)
    expect(screen.row(page, first)).to_be_visible()
    assert screen.was_never_reloaded(page)


def test_the_list_stays_live_beside_the_drawer_and_a_tab_leads_back_to_it(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    first = screen.send_task(redis_url, "trial.tell", note="one")
    screen.wait_for_end(table, first)
    open_drawer(page, web.url, first)
    later = screen.send_task(redis_url, "trial.tell", note="two")
    expect(screen.state(screen.row(page, later))).to_have_text("Succeeded")
    page.get_by_role("button", name="Failed").click()
    expect(page.locator("task-drawer")).to_be_hidden()
    expect(page).to_have_url(f"{web.url}/?state=failed")


def test_a_narrow_window_has_the_task_on_a_page_of_its_own(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.tell", note="one")
    screen.wait_for_end(table, task_id)
    page.set_viewport_size({"width": 1099, "height": 800})
    screen.open_page(page, web.url)
    screen.row(page, task_id).locator("a").click()
    expect(page.get_by_role("link", name="All tasks").first).to_be_visible()
    expect(page.locator("main > task-detail")).to_be_visible()


def test_a_reloaded_drawer_is_a_page_and_back_is_the_list(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.tell", note="one")
    screen.wait_for_end(table, task_id)
    open_drawer(page, web.url, task_id)
    page.reload()
    expect(page.locator("main > task-detail")).to_be_visible()
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    page.go_back()
    expect(page.locator("task-list")).to_be_visible()


def test_a_task_and_those_it_sent_lead_to_each_other(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    parent = screen.send_task(redis_url, "family.send", kind="group", members=3)
    screen.wait_for_end(table, parent)
    screen.open_page(page, f"{web.url}/tasks/{parent}")
    expect(children := page.locator("task-family li")).to_have_count(3)
    for place in range(3):
        expect(screen.state(children.nth(place))).to_have_text("Succeeded")
    children.first.locator("a").click()
    expect(page.locator(".task-family-parent a")).to_have_text(parent)


@pytest.mark.parametrize("who", ["web", "redis"])
def test_after_an_outage_the_steps_are_exactly_those_of_the_table(
    who: str,
    web: Service,
    worker: Service,
    own_redis: RedisServer,
    table: Table,
    page: Page,
    recordings: dict[Page, Recording],
    redis_url: str,
    tmp_path: Path,
) -> None:
    finish = tmp_path / "finish"
    task_id = screen.send_task(redis_url, "trial.count_until", path=str(finish))
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "PROGRESS", 10, "it runs")
    open_drawer(page, web.url, task_id)
    recordings[page].allow(*CONNECTION_ERRORS)
    expect(steps_shown(page).nth(1)).to_be_visible()
    (web.kill if who == "web" else own_redis.stop)()
    expect(screen.standing(page)).to_have_text(AWAY)
    finish.touch()
    time.sleep(1.5)  # the fault lasts so long
    (web.start if who == "web" else own_redis.restart)()
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    screen.wait_for_end(table, task_id)
    expect(screen.state(drawer(page))).to_have_text("Succeeded")
    assert len(times_in(table, task_id)) >= 3, "void: there was nothing to miss"
    assert_same_steps(page, table, task_id)

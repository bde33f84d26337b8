"""axe finds nothing to object to: on every page, in every state, light and dark, and at 320 px without scrolling aside.

A new page is a line in one of the lists here.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Page, expect

from tests.beats import beat
from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import axe, scene, screen
from worker import keys
from worker.stream import Log

StartWorker = Callable[..., Service]

WITHOUT_TASKS = {
    "/": ".task-board-empty",
    "/workers": ".fleet-board-none",
    "/run": ".run-index pre",
    "/statistics": ".statistics-none",
    "/logs": ".log-empty",
    "/mails": ".mail-list p",
    "/mails/1700000000123-0123abcd": ".mail pre",
    "/mailings/new": ".mailing-form",
    "/tasks/nobody-issued-it": ".error-page",
    "/run/no.such_task": ".error-page",
}
"""Addresses on an empty Redis, and what is there once the page has said its say."""

WITH_TASKS = {
    "/": "task-row:not([hidden])",
    "/?state=revoked": ".task-board-none",
    "/tasks/waits": "[data-group=queued]",
    "/tasks/runs": "[data-group=running] .task-detail-percent",
    "/tasks/retries": "[data-group=retrying]",
    "/tasks/has-ended": ".result-card-value",
    "/tasks/has-failed": ".task-detail-traceback",
    "/tasks/is-lost": "[data-group=failed]",
    "/workers": "worker-row[data-standing=offline] running-task",
    "/statistics": ".times-row-words",
    "/logs": ".log-row[data-level=CRITICAL]",
    "/run": ".run-list li",
    "/run/forms.order": "task-form:defined",
}
"""The same with the tasks of tests/system/scene.py, and a worker that offers those of tests/form_tasks.py."""


@pytest.fixture
def web(start_web: Callable[..., Service], tmp_path: Path) -> Service:
    (sink := tmp_path / "sink").mkdir()
    (sink / "1700000000123-0123abcd.eml").write_bytes(b"Subject: Hello\nTo: ada@example.com\n\nHello, Ada.")
    return start_web(MAIL_SINK_DIR=str(sink))


@pytest.fixture
def forms(start_worker: StartWorker, redis_client: redis.Redis) -> Service:
    """A worker that has told what it can run."""
    worker = start_worker("-n live@h", "--concurrency=1", "-I", "tests.form_tasks")
    wait_until(lambda: redis_client.hexists(keys.TASKS, "forms.order"), 10, "the worker tells what it can run")
    return worker


def objections(page: Page, web: Service, addresses: dict[str, str]) -> list[str]:
    """What axe finds at these addresses, once what stands beside them is there."""
    return [line for address, sight in addresses.items() for line in at(page, web, address, sight)]


def at(page: Page, web: Service, address: str, sight: str) -> list[str]:
    page.bring_to_front()
    page.goto(f"{web.url}{address}")
    expect(page.locator(sight).first).to_be_visible()
    if page.locator("connection-status").count():
        expect(screen.standing(page)).to_have_text(screen.LIVE)
        expect(page.locator("html")).not_to_have_attribute("data-stale", "")
    return here(page, address)


def here(page: Page, what: str) -> list[str]:
    return [f"{what}, {line}" for line in axe.found(page)]


def forcibly(page: Page, web: Service) -> list[str]:
    """The question before a task is stopped by force."""
    page.goto(f"{web.url}/tasks/runs")
    page.locator("task-actions:defined").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop by force").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return here(page, "the question before force")


def filtered(page: Page, web: Service) -> list[str]:
    """The board with all that the list can be narrowed down by."""
    lines = at(page, web, "/?q=nothing-has-this", ".task-board-nothing")
    page.locator("task-filters:defined").wait_for()
    if page.locator("#list-filters").is_hidden():
        page.locator(".task-filters-toggle").click()
    expect(page.locator("#list-filters")).to_be_visible()
    return lines + here(page, "the list's filters")


def drawn_out(page: Page, web: Service) -> list[str]:
    """A task's drawer beside the list, which only a wide page has."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{web.url}/")
    page.locator("task-drawer:defined").wait_for(state="attached")
    screen.row(page, "has-failed").locator("a").click()
    expect(page.locator("task-drawer .task-detail-traceback")).to_be_visible()
    return [f"a task's drawer, {line}" for line in axe.found(page, wide_only=True)]


def gone_back(page: Page, web: Service) -> list[str]:
    """A task's page as it was earlier: what came later is paler, and can be read."""
    lines = at(page, web, "/tasks/runs", "task-story .log-row[data-level=CRITICAL]")
    page.get_by_role("slider", name="Go back to").press("Home")
    expect(page.locator("task-story .log-row[data-later=true]").first).to_be_visible()
    return lines + here(page, "a task as it was")


def refused(page: Page, web: Service) -> list[str]:
    """A form whose faults the page itself shows, and two that the server refuses."""
    page.goto(f"{web.url}/run/forms.every_kind")
    page.locator("task-form:defined").wait_for()
    page.get_by_label("count").fill("many")
    page.get_by_role("button", name="Run it").click()
    expect(page.locator("#count-fault, .run-fault:not([hidden])").first).to_be_visible()
    lines = here(page, "a form with faults")
    page.locator("task-form form").evaluate("form => form.submit()")  # as without a script
    expect(page.locator("error-summary")).to_be_visible()
    lines += here(page, "a form that was refused")
    page.goto(f"{web.url}/mailings/new")
    page.get_by_role("button", name="Send the mailing").click()
    expect(page.locator("error-summary")).to_be_visible()
    return lines + here(page, "a mailing that was refused")


def offline(pages: list[Page], web: Service) -> list[str]:
    """Every page that is live, some seconds after the web process has died."""
    for page, address in zip(pages, ("/", "/tasks/runs", "/workers"), strict=True):
        page.bring_to_front()
        page.goto(f"{web.url}{address}")
        expect(screen.standing(page)).to_have_text(screen.LIVE)
    web.kill()
    for page in pages:
        expect(screen.standing(page)).to_contain_text("Offline since")
    return [line for page in pages for line in here(page, f"offline, {page.url}")]


def test_where_there_is_no_task_yet(web: Service, page: Page, recorded: Callable[[Page], Recording]) -> None:
    recorded(page).allow("404")
    assert not (lines := objections(page, web, WITHOUT_TASKS)), "\n".join(lines)


def test_where_there_are_tasks_and_where_something_is_wrong(
    web: Service,
    forms: Service,
    log: Log,
    redis_client: redis.Redis,
    new_page: Callable[[], Page],
    recorded: Callable[[Page], Recording],
) -> None:
    scene.tell_of_tasks(log)
    scene.tell_of_lines(log)
    beat(redis_client, "gone@h|1", ago_s=41, name="gone@h", running=[["is-lost", "media.video.transcode", 6.0]])
    pages = [new_page() for _ in range(3)]
    for page in pages:
        recorded(page).allow("400", "422", "ERR_CONNECTION_REFUSED", "WebSocket connection")
    page = pages[0]
    lines = objections(page, web, WITH_TASKS) + filtered(page, web) + drawn_out(page, web)
    lines += gone_back(page, web) + refused(page, web) + forcibly(page, web) + offline(pages, web)
    assert not lines, "\n".join(lines)


def test_with_a_persons_own_colours_and_without_motion_everything_is_still_told(
    web: Service, log: Log, redis_client: redis.Redis, page: Page
) -> None:
    scene.tell_of_tasks(log)
    beat(redis_client, "live@h|1", name="live@h", slots=2)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    screen.open_page(page, web.url)
    expect(page.locator("task-row:not([hidden])").first).to_be_visible()
    page.keyboard.press("j")
    assert css(page, "task-row[data-active]", "outline-style") == "solid"
    colours = [css(page, bar, "background-color") for bar in ("[data-bar=yes] progress-bar i", "progress-bar")]
    assert colours[0] != colours[1]
    page.goto(f"{web.url}/workers")
    expect(page.locator("slot-bars i").first).to_be_visible()
    assert css(page, "[data-slot=busy]", "background-color") != css(page, "[data-slot=free]", "background-color")
    longest = "Math.max(0, ...document.getAnimations().map(one => one.effect.getComputedTiming().duration))"
    assert page.evaluate(longest) <= 1


def css(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate("(it, name) => getComputedStyle(it).getPropertyValue(name)", name))

"""A task that is opened while the web is away stays closed, and opens when it is back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service
from tests.worker.told import sent, started
from worker.stream import Log


def test_what_shows_a_task_could_not_be_fetched(
    web: Service, log: Log, page: Page, recorded: Callable[[Page], Recording]
) -> None:
    for event in (sent(), started()):
        log.append(event)
    recorded(page).allow("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(web.url)
    status, row = page.locator(".connection-status-word"), page.locator("task-row .task-row-name")
    expect(status).to_have_text("Live")
    expect(row).to_be_visible()
    web.kill()
    expect(status).not_to_have_text("Live")
    row.click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.locator("task-drawer")).to_be_hidden()
    web.start()
    expect(status).to_have_text("Live", timeout=20_000)
    row.click()
    expect(page.locator("task-detail")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/tasks/t1$"))
    assert page.locator("task-detail").evaluate(
        "detail => [...document.styleSheets].some((sheet) => /task-detail/.test(sheet.href))"
    )

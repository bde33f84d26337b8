"""A person opens many tabs: they share one connection, and tell the same."""

import json
import urllib.request

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.processes import Service, wait_until
from tests.system import screen
from worker.store import Table

WAYS = {
    "shared worker": "",
    "leading tab": "delete window.SharedWorker",
    "socket a tab": screen.OWN_SOCKET,
}


def clients(web: Service) -> int:
    """How many connections the server has that watch something."""
    with urllib.request.urlopen(f"{web.url}/readyz", timeout=5) as answer:
        return int(json.load(answer)["clients"])


@pytest.mark.parametrize("way", WAYS)
def test_five_tabs_share_a_connection_and_all_show_the_same_end(
    web: Service, worker: Service, table: Table, context: BrowserContext, redis_url: str, way: str
) -> None:
    context.add_init_script(WAYS[way])
    tabs = [screen.open_page(context.new_page(), web.url) for _ in range(5)]
    alone = way == "socket a tab"
    wait_until(lambda: clients(web) == (5 if alone else 1), 5, "as many connections as there should be")
    for tab in tabs:
        expect(shared(tab)).to_have_text("" if alone else "one connection, 5 tabs")
    task_id = screen.send_task(redis_url, "trial.count", total=20, pause_s=0.1)
    for tab in tabs:
        expect(screen.state(screen.row(tab, task_id))).to_have_text("Succeeded")
        screen.assert_board_is_exact(tab, table, task_id)


@pytest.mark.parametrize("way", list(WAYS)[:2])
def test_tabs_close_one_after_the_other_and_the_last_one_shows_the_end(
    web: Service, worker: Service, table: Table, context: BrowserContext, redis_url: str, way: str
) -> None:
    context.add_init_script(WAYS[way])
    tabs = [screen.open_page(context.new_page(), web.url) for _ in range(4)]
    task_id = screen.send_task(redis_url, "trial.count", total=40, pause_s=0.1)
    for left in (3, 2, 1):
        tabs.pop(0).close()  # the first one leads
        expect(shared(tabs[0])).to_have_text(f"one connection, {left} tabs" if left > 1 else "")
        expect(screen.standing(tabs[0])).to_have_text(screen.LIVE)
    expect(screen.state(screen.row(tabs[0], task_id))).to_have_text("Succeeded")
    screen.assert_board_is_exact(tabs[0], table, task_id)
    assert clients(web) == 1


@pytest.mark.parametrize(
    "refusal", ["throw new Error('not here')", "setTimeout(() => this.dispatchEvent(new Event('error')))"]
)
def test_a_browser_whose_shared_worker_does_not_start_takes_the_next_way(
    web: Service, worker: Service, context: BrowserContext, redis_url: str, refusal: str
) -> None:
    port = "port = { postMessage() {} }"
    context.add_init_script(
        f"window.SharedWorker = class extends EventTarget {{ {port}; constructor() {{ super(); {refusal} }} }}"
    )
    tabs = [screen.open_page(context.new_page(), web.url) for _ in range(2)]
    task_id = screen.send_task(redis_url, "trial.count", total=5, pause_s=0.1)
    for tab in tabs:
        expect(screen.standing(tab)).to_have_text(screen.LIVE)
        expect(screen.state(screen.row(tab, task_id))).to_have_text("Succeeded")
    assert clients(web) == 1, "the tab that leads has the connection"


def shared(page: Page) -> Locator:
    """What the header says of the tabs that share the connection."""
    return page.locator(".connection-status-tabs")

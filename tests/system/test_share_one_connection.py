"""Twenty tabs are one connection, and nothing on it polls; whoever was frozen or went away is exact afterwards."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from launcher import browser as browsers
from tests.processes import Service, wait_until
from tests.system import screen
from tests.system.test_watch_from_many_tabs import WAYS, clients
from tests.system.wiretap import Wiretap
from worker.store import Table

TABS = 20
PONG_BYTES = 20
"""A masked WebSocket frame with one character in it, and some room."""


@pytest.fixture
def going_back(browser: Browser) -> Iterator[BrowserContext]:
    """Of a browser that keeps pages for its Back button, which Playwright's does not."""
    own = browser.browser_type.launch(
        executable_path=browsers.find_browser(),
        args=browsers.flags(),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield own.new_context()
    own.close()


@pytest.mark.parametrize("way", list(WAYS)[:2])
def test_twenty_tabs_are_one_connection_and_nothing_polls(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    redis_url: str,
    way: str,
    record_property: Callable[[str, object], None],
) -> None:
    context.add_init_script(WAYS[way])
    with Wiretap(web.port) as tap:
        tabs = [screen.open_page(context.new_page(), tap.url) for _ in range(TABS)]
        for tab in tabs:
            expect(tab.locator(".connection-status-tabs")).to_have_text(f"one connection, {TABS} tabs")
        assert (clients(web), tap.web_sockets) == (1, 1)
        assert tap.requests, "void: the wiretap hears nothing"
        tap.forget()
        task_id = screen.send_task(redis_url, "trial.count", total=60, pause_s=0.1)
        for tab in tabs:
            expect(screen.state(screen.row(tab, task_id))).to_have_text("Succeeded")
        tabs[0].wait_for_timeout(12_000)  # longer than the server's pings are apart
        record_property("bytes", f"{tap.said} said, {tap.heard} heard by {TABS} tabs")
        assert tap.requests == []
        assert 0 < tap.said <= 3 * PONG_BYTES, "it says more than that it is there"
        assert (clients(web), tap.web_sockets) == (1, 1)
        screen.assert_board_is_exact(tabs[-1], table, task_id)


@pytest.mark.parametrize("way", WAYS)
def test_a_tab_that_was_frozen_is_exact_afterwards(
    web: Service, worker: Service, table: Table, context: BrowserContext, redis_url: str, way: str
) -> None:
    context.add_init_script(WAYS[way])
    # The first one leads; a browser freezes no page that holds a lock of others, so not that one.
    awake, frozen = (screen.open_page(context.new_page(), web.url) for _ in range(2))
    session = context.new_cdp_session(frozen)
    first = screen.send_task(redis_url, "trial.count", total=60, pause_s=0.05)
    expect(screen.state(screen.row(frozen, first))).to_have_text("Running")
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    ids = [screen.send_task(redis_url, "trial.count", total=40, pause_s=0.05) for _ in range(2)]
    screen.wait_for_end(table, first, *ids)
    for task_id in ids:
        expect(screen.state(screen.row(awake, task_id))).to_have_text("Succeeded")
    thawed_at = awake.evaluate("Date.now() / 1000")
    session.send("Debugger.resume")
    screen.assert_board_is_exact(frozen, table, first, *ids)
    assert screen.was_never_reloaded(frozen)
    early = [view for view in screen.seen(frozen) if view.at < thawed_at and not view.tasks.keys().isdisjoint(ids)]
    assert not early, "void: it was not frozen"


@pytest.mark.parametrize("way", WAYS)
def test_who_goes_away_and_back_sees_what_is(
    web: Service, worker: Service, table: Table, going_back: BrowserContext, redis_url: str, way: str
) -> None:
    context = going_back
    context.add_init_script(WAYS[way])
    page = screen.open_page(context.new_page(), web.url)
    for away in (f"{web.url}/workers", f"{web.url}/run"):
        task_id = screen.send_task(redis_url, "trial.count", total=20, pause_s=0.05)
        expect(screen.row(page, task_id)).to_be_visible()
        page.goto(away)
        screen.wait_for_end(table, task_id)
        page.go_back(wait_until="commit")
        expect(screen.standing(page)).to_have_text(screen.LIVE)
        assert screen.was_never_reloaded(page) or way != "shared worker", "void: the browser has loaded it anew"
        screen.assert_board_is_exact(page, table, task_id)
    wait_until(lambda: clients(web) == 1, 5, "one connection is left")

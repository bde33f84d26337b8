"""A page is light, loads nothing twice, and a browser keeps what it has."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from app.module_graph import with_all_imports
from app.page_files import Inventory
from tests.processes import ROOT, Service
from tests.system import screen
from tests.system.wiretap import Wiretap

MOST_BYTES = 120_000
"""Of all that the server says until the page is live, heads of answers too."""

PRELOADS = "[...document.querySelectorAll('link[rel=modulepreload]')].map((link) => new URL(link.href).pathname)"

HOLDING_UP = "performance.getEntriesByType('resource').map((it) => [it.name, it.renderBlockingStatus])"


def test_the_board_is_light_and_loads_nothing_twice(web: Service, context: BrowserContext) -> None:
    with Wiretap(web.port) as tap:
        opened(context, tap.url)
        assert any("/js/elements/task-row.js" in request for request in tap.requests), "void: nothing was loaded"
        assert len(tap.requests) == len(set(tap.requests)), tap.requests
        assert tap.heard <= MOST_BYTES


def test_nothing_that_a_page_loads_holds_up_its_first_paint(web: Service, context: BrowserContext) -> None:
    for address in ("/", "/workers", "/statistics", "/logs", "/run", "/tasks/nobodys"):
        page = context.new_page()
        page.goto(f"{web.url}{address}")
        loaded = dict(page.evaluate(HOLDING_UP))
        assert loaded, "void: nothing was loaded"
        assert set(loaded.values()) == {"non-blocking"}, (address, loaded)
        page.close()


def test_a_page_names_each_script_that_it_loads(web: Service, context: BrowserContext) -> None:
    graph = {name: made.at_once for name, made in Inventory(ROOT / "static").imports.items()}
    workers = with_all_imports(["js/lines/worker.js"], graph)
    with Wiretap(web.port) as tap:
        for address in ("/", "/workers", "/statistics", "/logs"):
            page = opened(context.browser.new_context() if context.browser else context, f"{tap.url}{address}")
            named = {name_of(path) for path in page.evaluate(PRELOADS)}
            loaded = {name_of(request) for request in tap.requests if "/js/" in request}
            assert {"js/main.js", "js/format.js", "js/connection.js"} <= loaded, "void: little was loaded"
            assert loaded - named <= set(workers), "found one after the other"
            assert named <= loaded, "asked for in vain"
            page.context.close()
            tap.forget()


def test_who_comes_again_loads_the_page_alone(web: Service, context: BrowserContext) -> None:
    with Wiretap(web.port) as tap:
        page = opened(context, tap.url)
        assert tap.requests, "void: the wiretap hears nothing"
        tap.forget()
        opened(context, tap.url)
        assert [request for request in tap.requests if "/static/" in request] == []
        page.goto(f"{tap.url}/logs")
        expect(screen.standing(page)).to_have_text(screen.LIVE)
        assert not [request for request in tap.requests if "/js/elements/connection-status.js" in request]


def test_a_task_that_is_pressed_as_soon_as_the_list_is_there_is_shown_as_it_should_look(
    web: Service, worker: Service, context: BrowserContext, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.count", total=3, pause_s=0)
    page = opened(context, web.url)
    screen.row(page, task_id).locator("a").evaluate("(link) => link.click()")  # no pointer has come near before
    detail = page.locator("task-drawer task-detail")
    expect(detail.locator(".task-detail-id")).to_have_text(task_id)
    assert detail.evaluate("(detail) => getComputedStyle(detail.firstElementChild).borderBottomStyle") == "solid"
    page.keyboard.press("Escape")
    expect(detail).to_have_count(0)


def name_of(text: str) -> str:
    """js/main.js, from its address."""
    return re.sub(r"^.*/static/[0-9a-f]{12}/", "", text)


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    return page

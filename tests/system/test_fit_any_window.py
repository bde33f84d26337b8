"""However wide its window is, no page scrolls aside; however high, the drawer ends where it does."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.processes import Service
from tests.system import screen

WIDTHS = range(320, 1300, 20)
PAGES = ("/", "/workers", "/statistics", "/logs", "/run")


def too_narrow(page: Page) -> list[int]:
    """The widths at which the page sticks out of its window."""
    return [width for width in WIDTHS if _sticks_out(page, width)]


def _sticks_out(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_every_page_fits_any_window(web: Service, page: Page, context: BrowserContext) -> None:
    screen.open_page(context.new_page(), f"{web.url}/workers")
    for path in PAGES:
        page.goto(f"{web.url}{path}")
        if path != "/run":
            expect(page.locator(".connection-status-tabs")).to_have_text("one connection, 2 tabs")
        assert too_narrow(page) == [], path


def test_a_page_fits_that_says_since_when_it_is_offline(web: Service, page: Page) -> None:
    screen.open_page(page, web.url)
    web.kill()
    expect(screen.standing(page)).to_have_text(re.compile("Offline since"), timeout=15_000)
    assert too_narrow(page) == []


def test_the_drawer_reaches_down_to_the_end_of_the_window(web: Service, page: Page) -> None:
    task_ids = [screen.start_long_task(web) for _ in range(20)]
    page.set_viewport_size({"width": 1280, "height": 600})
    screen.open_page(page, web.url)
    page.locator("task-drawer:defined").wait_for(state="attached")
    screen.row(page, task_ids[-1]).locator("a").click()
    drawer = page.locator("task-drawer")
    expect(drawer.locator("task-detail")).to_be_visible()
    for scrolled_px in (0, 300):
        page.evaluate(f"scrollTo(0, {scrolled_px})")
        assert page.evaluate("scrollY") == scrolled_px, "void: the page does not scroll so far"
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert drawer.evaluate("drawer => Math.round(drawer.getBoundingClientRect().bottom)") == 600


def test_the_heads_of_the_columns_stay_over_the_rows_that_are_scrolled(web: Service, page: Page) -> None:
    task_ids = [screen.start_long_task(web) for _ in range(20)]
    page.set_viewport_size({"width": 1280, "height": 600})
    screen.open_page(page, web.url)
    expect(screen.row(page, task_ids[-1])).to_be_visible()
    page.evaluate("scrollTo(0, 600)")
    assert page.evaluate("scrollY") == 600, "void: the page does not scroll so far"
    tabs, head = (page.locator(one).bounding_box() for one in ("state-tabs", ".task-list-head"))
    assert tabs and head
    assert tabs["y"] == 0
    assert head["y"] <= tabs["y"] + tabs["height"] <= head["y"] + 1

"""What a visit of the board costs on loopback: bytes over the wire, and how soon it is painted and live."""

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench import measuring
from bench.row import Row
from bench.startup import spread
from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web
from tests.system.wiretap import Wiretap

REPEATS = 9
MOST_PAINT_MS, MOST_LIVE_MS, MOST_KB = 200, 300, 120

LINE = "/healthz"
"""A line of text from the same process: how soon this browser can paint anything here."""

SETTLED_MS = 500
"""A new profile is a new window, whose own parts are still loading on the same cores."""

# When the page was live: it says so by an attribute that goes.
LIVE = """new MutationObserver((changes, observer) => {
  if (document.documentElement.hasAttribute("data-stale")) return;
  window.liveAt_ = performance.now();
  observer.disconnect();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-stale"] });"""
TIMES = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  live: window.liveAt_ - performance.getEntriesByType("navigation")[0].loadEventEnd,
})"""


def rows() -> list[Row]:
    """Each visit is the first of a new browser profile, with no task on the board; the very first one is left out."""
    with chromium_and_web() as (chromium, web):
        visits, lines = zip(*(both(chromium, web.url) for _ in range(REPEATS + 1)), strict=True)
        kilobytes = heard_kb(chromium, web)
    paint, live = ([one[what] for one in visits[1:]] for what in ("paint", "live"))
    note = f"{spread(paint, 0)}; a line of plain text: {middle(lines[1:]):.0f}"
    return [
        Row(goal="page", what="first paint", unit="ms", ours=middle(paint), most=MOST_PAINT_MS, note=note),
        Row(goal="page", what="live after load", unit="ms", ours=middle(live), most=MOST_LIVE_MS, note=spread(live, 0)),
        Row(goal="page", what="all that is sent for it", unit="KB", ours=kilobytes, most=MOST_KB, note="heads too"),
    ]


@contextmanager
def chromium_and_web() -> Iterator[tuple[Browser, Service]]:
    """A browser, and a web without tasks."""
    with tempfile.TemporaryDirectory() as folder, RedisServer.start(Path(folder) / "redis") as server:
        env = {"REDIS_URL": server.url, "DATA_DIR": folder, "SECRET_KEY": "only for this bench, long enough"}
        web = new_web(Path(folder) / "web.log", **env).start()
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
                yield chromium, web
                chromium.close()
        finally:
            web.stop()


def both(chromium: Browser, url: str) -> tuple[dict[str, float], float]:
    """A visit of the board, and when a line of text was painted, right after one another."""
    return visit(chromium, url), line_painted_ms(chromium, url)


def visit(chromium: Browser, url: str) -> dict[str, float]:
    """The times of a first visit, in ms: first text on the page since its beginning, live since it was loaded."""
    with new_page(chromium) as page:
        page.add_init_script(LIVE)
        wait_until_live(page, url)
        times: dict[str, float] = page.evaluate(TIMES)
        return times


def line_painted_ms(chromium: Browser, url: str) -> float:
    """As `visit` does, of a page that is nothing but text."""
    with new_page(chromium) as page:
        page.goto(f"{url}{LINE}")
        page.wait_for_timeout(200)
        return float(page.evaluate(TIMES)["paint"])


def heard_kb(chromium: Browser, web: Service) -> float:
    """All bytes that the server sends until the page is live."""
    with Wiretap(web.port) as tap, new_page(chromium) as page:
        wait_until_live(page, tap.url)
        return tap.heard / 1000


@contextmanager
def new_page(chromium: Browser) -> Iterator[Page]:
    """Of a browser profile of its own, which keeps nothing."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.wait_for_timeout(SETTLED_MS)
        yield page
    finally:
        context.close()


def wait_until_live(page: Page, url: str) -> None:
    """Load it, and a moment more: an icon may come late."""
    page.goto(url)
    expect(page.locator(".connection-status-word")).to_have_text("Live", timeout=20_000)
    page.wait_for_timeout(200)


def middle(values: Sequence[float]) -> float:
    """Their median."""
    return statistics.median(values)


if __name__ == "__main__":
    measuring.alone(rows)

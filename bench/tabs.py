"""What twenty tabs of one browser cost the server, beside what one costs: its processor, bytes and connections."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, expect, sync_playwright

from bench import measuring
from bench.changing import Load, board_of
from bench.row import Row
from bench.spent import spent
from launcher import browser as browsers
from tests.processes import Service
from tests.system.wiretap import Wiretap

TABS, TASKS, REPEATS, MOST = 20, 10_000, 3, 1.2
SETTLE_MS, MEASURED_S = 1_500, 6.0


@dataclass(frozen=True, slots=True)
class Cost:
    """To the web process. cpu: cores. kb_per_s: what it sends. web_sockets: that were ever opened."""

    cpu: float
    kb_per_s: float
    web_sockets: int


def rows() -> list[Row]:
    """One tab and twenty in turns, each time a new browser profile, while 1,000 tasks change each second."""
    one, many = [], []
    with sync_playwright() as playwright, board_of(TASKS) as (web, redis_url):
        chromium = playwright.chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        load = Load(redis_url, TASKS)
        load.start()
        try:
            cost(chromium, web, 1)
            for _ in range(REPEATS):
                one.append(cost(chromium, web, 1))
                many.append(cost(chromium, web, TABS))
        finally:
            load.stopped.set()
            load.join()
            chromium.close()
    return [
        compared("CPU of the web", "cores", MOST, [cost.cpu for cost in one], [cost.cpu for cost in many]),
        compared("bytes it sends", "KB/s", MOST, [cost.kb_per_s for cost in one], [cost.kb_per_s for cost in many]),
        compared("WebSockets", "", 1.0, [cost.web_sockets for cost in one], [cost.web_sockets for cost in many]),
    ]


def compared(what: str, unit: str, most: float, one: Sequence[float], many: Sequence[float]) -> Row:
    """Of twenty tabs, with one tab as the rival."""
    ours, theirs = statistics.median(many), statistics.median(one)
    what = f"{what}, {TABS} tabs of one browser"
    return Row(goal="tabs", what=what, unit=unit, ours=ours, rival="1 tab", theirs=theirs, most=most)


def cost(chromium: Browser, web: Service, tabs: int) -> Cost:
    """Of so many tabs that show the board."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    try:
        with Wiretap(web.port) as tap:
            pages = [context.new_page() for _ in range(tabs)]
            for page in pages:
                page.goto(tap.url)
            for page in pages:
                expect(page.locator(".connection-status-word")).to_have_text("Live", timeout=30_000)
            pages[-1].wait_for_timeout(SETTLE_MS)
            tap.forget()
            before, started = spent(web.pid), time.monotonic()
            pages[-1].wait_for_timeout(MEASURED_S * 1_000)
            seconds = time.monotonic() - started
            return Cost(spent(web.pid).since(before).cpu_s / seconds, tap.heard / 1_000 / seconds, tap.web_sockets)
    finally:
        context.close()


if __name__ == "__main__":
    measuring.alone(rows)

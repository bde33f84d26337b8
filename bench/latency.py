"""`python -m bench.latency`: from a call in the worker to the DOM in the browser, beside polling every two seconds.

What is called before a page says that it is live counts for neither: how long that takes is a row of bench/page.py.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench import measuring
from bench.errand import Errand
from bench.row import Row
from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, new_worker

UPDATES, REPEATS = int(os.environ.get("UPDATES", "150")), 3
EVERY_S = 0.2
POLL_MS = 2_000

LIVE = "html:not([data-stale])"

# Both note, for each step, when it was there to be read: as text in the page, or as the answer to a poll.
WATCH_DOM = r"""() => {
  window.seen = {};
  const note = document.querySelector('.task-detail-note');
  const look = () => {
    const step = /tick (\d+)\./.exec(note.textContent)?.[1];
    if (step && !(step in window.seen)) window.seen[step] = performance.timeOrigin + performance.now();
  };
  new MutationObserver(look).observe(note, {subtree: true, childList: true, characterData: true});
}"""
POLL = """([path, every]) => {
  window.seen = {};
  setInterval(async () => {
    const told = await (await fetch(path)).json();
    if (!(told.current in window.seen)) window.seen[told.current] = performance.timeOrigin + performance.now();
  }, every);
}"""


def rows() -> list[Row]:
    """Some runs of the same task, each of them watched by one page and polled by another at the same time."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer.start(folder / "redis"))
        web = _start(stack, folder, server.url)
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        stack.callback(browser.close)
        runs = [_measure(browser, web, server.url) for _ in range(REPEATS)]
    pushed, polled = ([*delays] for delays in zip(*runs, strict=True))
    return _rows(_quantiles(pushed), _quantiles(polled))


def _start(stack: ExitStack, folder: Path, redis_url: str) -> Service:
    env = {"REDIS_URL": redis_url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
    web = new_web(folder / "web.log", **env)
    worker = new_worker(folder / "worker.log", "-I", "bench.latency_task", "--concurrency=1", **env)
    for service in (web, worker):
        service.start()
        stack.callback(service.stop)
    return web


def _measure(browser: Browser, web: Service, redis_url: str) -> tuple[list[float], list[float]]:
    errand = Errand(redis_url, "bench.tick", (UPDATES, EVERY_S))
    time.sleep(1)  # the row is there, and the task has begun
    pages = [browser.new_context().new_page() for _ in range(2)]
    watched_ns = [_push(pages[0], f"{web.url}/tasks/{errand.task_id}"), _poll(pages[1], web.url, errand.task_id)]
    # Playwright is synchronous: the browser's messages come through while it waits.
    called: list[int] = errand.returned(UPDATES * EVERY_S + 60, lambda: pages[0].wait_for_timeout(500))
    time.sleep(POLL_MS / 1000 + 0.5)
    pushed, polled = (_seen(page) for page in pages)
    if UPDATES not in pushed:
        sys.exit("the page never showed the last update")
    return _delays(called, pushed, watched_ns[0]), _delays(called, polled, watched_ns[1])


def _push(page: Page, url: str) -> int:
    """Open Pushboard's page; since when it is live, in nanoseconds since 1970."""
    page.goto(url)
    page.evaluate(WATCH_DOM)
    page.wait_for_selector(LIVE)
    return time.time_ns()


def _poll(page: Page, url: str, task_id: str) -> int:
    """Open a page that polls; since when it does."""
    page.goto(f"{url}/healthz")
    page.evaluate(POLL, [f"/status/{task_id}", POLL_MS])
    return time.time_ns()


def _seen(page: Page) -> dict[int, float]:
    """When each step was there, in ms since 1970."""
    return {int(step): when_ms for step, when_ms in page.evaluate("window.seen").items()}


def _delays(called: Sequence[int], seen: Mapping[int, float], since_ns: int) -> list[float]:
    """For each step called since then: ms from its call until it, or a later one, could be read."""
    first = next(step for step, called_ns in enumerate(called, 1) if called_ns > since_ns)
    return [
        min(when_ms for step, when_ms in seen.items() if step >= number) - called[number - 1] / 1e6
        for number in range(first, max(seen) + 1)
    ]


def _quantiles(runs: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The median of the runs' medians, and what one in a hundred of all takes longer than."""
    ordered = sorted(delay for delays in runs for delay in delays)
    return statistics.median(map(statistics.median, runs)), ordered[int(len(ordered) * 0.99)]


def _rows(pushed: tuple[float, float], polled: tuple[float, float]) -> list[Row]:
    work = f"one task at {1 / EVERY_S:g} Hz, one page: call to DOM,"
    p50, p99 = f"{work} p50", f"{work} p99"
    rival, note = "polling every 2 s", f"{REPEATS} x {UPDATES} updates"
    return [
        Row(goal="fresh", what=p50, unit="ms", ours=pushed[0], most=25, note=note),
        Row(goal="fresh", what=p99, unit="ms", ours=pushed[1], most=100),
        Row(goal="fresh", what=p50, unit="ms", ours=pushed[0], rival=rival, theirs=polled[0], most=1 / 40),
    ]


if __name__ == "__main__":
    measuring.alone(rows)

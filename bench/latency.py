"""`make bench-latency`: from the call in the worker to the DOM in the browser, beside polling every two seconds."""

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import celery
from playwright.sync_api import Browser, Page, sync_playwright

from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, new_worker

UPDATES = int(os.environ.get("UPDATES", "330"))
EVERY_S = 0.2
POLL_MS = 2_000
GOAL_P50_MS, GOAL_P99_MS = 25, 100

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


def main() -> None:
    """Measure, print, and write bench/out/latency.json."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer.start(folder / "redis"))
        web = _start(stack, folder, server.url)
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        stack.callback(browser.close)
        pushed, polled = _measure(browser, web, server.url)
    _report(pushed, polled)


def _start(stack: ExitStack, folder: Path, redis_url: str) -> Service:
    env = {"REDIS_URL": redis_url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
    web = new_web(folder / "web.log", **env)
    worker = new_worker(folder / "worker.log", "-I", "bench.latency_task", "--concurrency=1", **env)
    for service in (web, worker):
        service.start()
        stack.callback(service.stop)
    return web


def _measure(browser: Browser, web: Service, redis_url: str) -> tuple[list[float], list[float]]:
    sender = celery.Celery(broker=redis_url, backend=redis_url)
    task = sender.send_task("bench.tick", (UPDATES, EVERY_S))
    time.sleep(1)  # the row is there, and the task has begun: neither page measures its own start
    pages = [browser.new_context().new_page() for _ in range(2)]
    pages[0].goto(f"{web.url}/tasks/{task.id}")
    pages[0].evaluate(WATCH_DOM)
    pages[1].goto(f"{web.url}/healthz")
    pages[1].evaluate(POLL, [f"/status/{task.id}", POLL_MS])
    called = _wait_for_result(task, pages)
    time.sleep(POLL_MS / 1000 + 0.5)
    first = max(_first_step(page) for page in pages)
    return tuple(_delays(called, page.evaluate("window.seen"), first) for page in pages)  # type: ignore[return-value]


def _wait_for_result(task: Any, pages: Sequence[Page]) -> list[int]:
    """Let the browser's messages through while waiting: Playwright is synchronous."""
    deadline = time.monotonic() + UPDATES * EVERY_S + 60
    while not task.ready():
        if time.monotonic() > deadline:
            sys.exit("the task did not end")
        pages[0].wait_for_timeout(500)
    return list(task.get())


def _first_step(page: Page) -> int:
    return min(int(step) for step in page.evaluate("window.seen"))


def _delays(called: Sequence[int], seen: dict[str, float], first: int) -> list[float]:
    """For each step from `first` on: ms from its call until it, or a later one, could be read."""
    at = sorted((int(step), when_ms) for step, when_ms in seen.items())
    last = at[-1][0]
    return [
        min(when_ms for step, when_ms in at if step >= number) - called[number - 1] / 1e6
        for number in range(first, last + 1)
    ]


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _report(pushed: Sequence[float], polled: Sequence[float]) -> None:
    figures = {
        name: {"updates": len(delays), "p50_ms": _quantile(delays, 0.5), "p99_ms": _quantile(delays, 0.99)}
        for name, delays in (("pushed", pushed), ("polled every 2 s", polled))
    }
    print(
        f"From update_state in the worker to the DOM, one task at {1 / EVERY_S:g} Hz, {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for name, row in figures.items():
        print(f"  {name:18} {row['updates']:4} updates   p50 {row['p50_ms']:7.1f} ms   p99 {row['p99_ms']:7.1f} ms")
    ratio = statistics.median(polled) / statistics.median(pushed)
    print(f"  fresher by a factor of {ratio:.0f} (medians, same run)")
    met = figures["pushed"]["p50_ms"] <= GOAL_P50_MS and figures["pushed"]["p99_ms"] <= GOAL_P99_MS
    print(f"  goal p50 <= {GOAL_P50_MS} ms, p99 <= {GOAL_P99_MS} ms: {'met' if met else 'NOT met'}")
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "latency.json").write_text(json.dumps(figures | {"ratio": ratio}, indent=1))


if __name__ == "__main__":
    main()

"""`make bench-ui`: how smoothly the board scrolls: 10,000 and 100,000 tasks, of which 1,000 change each second."""

import itertools
import os
import platform
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web
from worker import events, states
from worker.events import Event
from worker.stream import Limits, Log, connect

FEW, MANY = 10_000, 100_000
RUNNING = 1_000
CHANGES_A_SECOND = 1_000
SCROLL_S = 10.0
SPEED = 1_500
"""Pixels a second: some 30 rows."""
JUMPS = 30
GOAL_FPS, GOAL_SHARE = 55.0, 0.15
NAMES = ("media.transcode_video", "mail.send_mailing", "shop.reconcile_payments")

# The time of each frame from now on.
RECORD = """() => {
  window.frames_ = [];
  const frame = (now) => { window.frames_.push(now); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
# How long it takes from the jump to the rows that belong there.
JUMP = """(place) => new Promise((done) => {
  const list = document.querySelector("task-list");
  const top = list.querySelector(".task-list-body").getBoundingClientRect().top + scrollY;
  const started = performance.now();
  scrollTo(0, top + place * 52);
  const look = () => {
    const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("task-row");
    row ? done(performance.now() - started) : requestAnimationFrame(look);
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""


def main() -> None:
    """Measure and print."""
    print(f"{platform.machine()}, {os.cpu_count()} cores for Redis, web, load and Chromium together")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        for number in (FEW, MANY):
            with board_of(number) as (web, redis_url):
                measure(chromium, web, redis_url, number)
        chromium.close()


@contextmanager
def board_of(number: int) -> Iterator[tuple[Service, str]]:
    """A web whose Redis has so many tasks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer.start(folder / "redis"))
        with connect(server.url) as client:
            fill(Log(client, Limits(tasks=MANY)), number)
        env = {"REDIS_URL": server.url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
        web = new_web(folder / "web.log", **env).start()
        stack.callback(web.stop)
        yield web, server.url


def fill(log: Log, number: int) -> None:
    """Tasks, of which the last ones run."""
    for first in range(0, number, 500):
        batch = range(first, min(first + 500, number))
        log.append_all(event for task in batch for event in life(task, number - task <= RUNNING))


def life(task: int, runs: bool) -> Iterator[Event]:
    """What is told of one task: sent, begun if it runs."""
    yield events.sent(f"task-{task}", NAMES[task % 3], ("celery", "slow")[task % 2], args=f"({task},)")
    if runs:
        yield Event("task-started", f"task-{task}", states.STARTED, "r", 0, "started_at", {"worker": "worker-1@host"})


class Load(threading.Thread):
    """Reports of the running tasks, so many a second, until it is stopped."""

    def __init__(self, redis_url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.redis_url, self.number = redis_url, number
        self.sent = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        started = time.monotonic()
        with connect(self.redis_url) as client:
            log = Log(client, Limits(tasks=MANY))
            while not self.stopped.wait(0.05):
                due = int((time.monotonic() - started) * CHANGES_A_SECOND) - self.sent
                log.append_all(self._report(self.sent + place) for place in range(min(due, CHANGES_A_SECOND)))
                self.sent += due

    def _report(self, place: int) -> Event:
        step = place // RUNNING + 1
        fields = {"current": step % 100, "total": 100, "note": f"Packing box {step}"}
        return events.progressed(f"task-{self.number - 1 - place % RUNNING}", "r", 1, states.PROGRESS, fields)


def measure(chromium: Browser, web: Service, redis_url: str, number: int) -> None:
    """Scroll by frames at the newest tasks, then jump about."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(web.url)
    expect(page.locator(".connection-status-word")).to_have_text("Live", timeout=20_000)
    expect(page.locator("task-row").first).to_be_visible()
    load = Load(redis_url, number)
    load.start()
    page.wait_for_timeout(2_000)
    print(f"{number:,} tasks, {CHANGES_A_SECOND:,} changes a second; load average {os.getloadavg()[0]:.1f}")
    page.evaluate(RECORD)
    for name, speed in (("at rest", 0), ("scrolling", SPEED)):
        report_scroll(name, *scrolled(context.new_cdp_session(page), page, speed))
    jumps = [page.evaluate(JUMP, random.randrange(number)) for _ in range(JUMPS)]
    print(f"  {'jumps':10} rows are there after p50 {quantile(jumps, 0.5):.0f} ms, p95 {quantile(jumps, 0.95):.0f} ms")
    load.stopped.set()
    load.join()
    context.close()


def scrolled(session: CDPSession, page: Page, speed: int) -> tuple[list[float], float]:
    """The frames' lengths in ms, and for which share of the time the page's main thread was at work.

    Scrolled as by a hand on a wheel, so many pixels a second. At work: the processor's time, not that of others' turns.
    """
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("window.frames_.length = 0")
    before, started = busy_s(session), time.monotonic()
    if speed:
        gesture = {"x": 700, "y": 600, "yDistance": -speed * SCROLL_S, "speed": speed, "gestureSourceType": "mouse"}
        session.send("Input.synthesizeScrollGesture", gesture)
    else:
        page.wait_for_timeout(SCROLL_S * 1000)
    share = (busy_s(session) - before) / (time.monotonic() - started)
    times = page.evaluate("window.frames_")
    return [later - earlier for earlier, later in itertools.pairwise(times)], share


def busy_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def report_scroll(name: str, frames: Sequence[float], share: float) -> None:
    fps = 1000 / statistics.mean(frames)
    met = "met" if fps >= GOAL_FPS and share <= GOAL_SHARE else "NOT met"
    print(
        f"  {name:10} {fps:5.1f} fps, longest frame {max(frames):4.0f} ms, main thread {share:4.0%}"
        f"   goal >= {GOAL_FPS:.0f} fps, <= {GOAL_SHARE:.0%}: {met}",
        flush=True,
    )


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


if __name__ == "__main__":
    main()

"""`make bench-ui`: how smoothly the board scrolls: 10,000 and 100,000 tasks, of which 1,000 change each second."""

import itertools
import os
import platform
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from bench.changing import CHANGES_A_SECOND, Load, board_of
from bench.measuring import end_what_was_started
from bench.row import Row
from launcher import browser as browsers
from tests.processes import Service

FEW, MANY = 10_000, 100_000
SCROLL_S = 10.0
SPEED = 1_500
"""Pixels a second: some 30 rows."""
JUMPS = 30
REPEATS = 3
GOAL_FPS, GOAL_SHARE = 55.0, 0.15

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


def rows() -> list[Row]:
    """Of the board of 10,000 tasks, scrolled again and again; once before, for all that is compiled on the way."""
    with sync_playwright() as playwright, board_of(FEW) as (web, redis_url):
        chromium = playwright.chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        with changing_board(chromium, web, redis_url, FEW) as page:
            found = [scrolled(page.context.new_cdp_session(page), page, SPEED) for _ in range(REPEATS + 1)][1:]
        chromium.close()
    fps, share = (
        statistics.median(values) for values in zip(*((rate(frames), part) for frames, part in found), strict=True)
    )
    what, note = f"{FEW:,} tasks, {CHANGES_A_SECOND:,} changes a second, while scrolling", "drawn without a GPU"
    return [
        Row(goal="page", what=f"frames: {what}", unit="a second", ours=fps, least=GOAL_FPS, note=note),
        Row(goal="page", what=f"main thread: {what}", unit="%", ours=share * 100, most=GOAL_SHARE * 100, note=note),
    ]


@contextmanager
def changing_board(chromium: Browser, web: Service, redis_url: str, number: int) -> Iterator[Page]:
    """The board of so many tasks while they change; it writes down its frames."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(web.url)
    expect(page.locator(".connection-status-word")).to_have_text("Live", timeout=20_000)
    expect(page.locator("task-row").first).to_be_visible()
    load = Load(redis_url, number)
    load.start()
    try:
        page.wait_for_timeout(2_000)
        page.evaluate(RECORD)
        yield page
    finally:
        load.stopped.set()
        load.join()
        context.close()


def measure(chromium: Browser, web: Service, redis_url: str, number: int) -> None:
    """Scroll by frames at the newest tasks, then jump about."""
    with changing_board(chromium, web, redis_url, number) as page:
        print(f"{number:,} tasks, {CHANGES_A_SECOND:,} changes a second; load average {os.getloadavg()[0]:.1f}")
        for name, speed in (("at rest", 0), ("scrolling", SPEED)):
            report_scroll(name, *scrolled(page.context.new_cdp_session(page), page, speed))
        jumps = [page.evaluate(JUMP, random.randrange(number)) for _ in range(JUMPS)]
        print(
            f"  {'jumps':10} rows are there after p50 {quantile(jumps, 0.5):.0f} ms, p95 {quantile(jumps, 0.95):.0f} ms"
        )


def scrolled(session: CDPSession, page: Page, speed: int) -> tuple[list[float], float]:
    """The frames' lengths in ms, and for which share of the time the page's main thread was at work.

    Scrolled as by a hand on a wheel, so many pixels a second. At work: the processor's time, not that of others' turns,
    in all tasks of the renderer's main thread: scripts, style, layout, and the list of what is to be painted. Other
    threads paint the pixels; a trace of CrRendererMain gives the same figure.
    """
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
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
    fps = rate(frames)
    met = "met" if fps >= GOAL_FPS and share <= GOAL_SHARE else "NOT met"
    print(
        f"  {name:10} {fps:5.1f} fps, longest frame {max(frames):4.0f} ms, main thread {share:4.0%}"
        f"   goal >= {GOAL_FPS:.0f} fps, <= {GOAL_SHARE:.0%}: {met}",
        flush=True,
    )


def rate(frames: Sequence[float]) -> float:
    """Frames a second."""
    return 1000 / statistics.mean(frames)


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


if __name__ == "__main__":
    end_what_was_started()
    main()

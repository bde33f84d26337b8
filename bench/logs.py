"""`make bench-logs`: what a log line costs its task, how many lines come through, and what a flood takes in memory."""

import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import redis
from celery import Celery
from playwright.sync_api import Page, sync_playwright

from bench.log_listener import Listener
from bench.measuring import end_what_was_started
from bench.memory import family, memory_kb
from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, new_worker, wait_until
from worker.log_lines import LineFormatter
from worker.logs.capture import MOST_WAITING, Capture

SECONDS = int(os.environ.get("SECONDS", "60"))
PER_S = 50_000
STEADY_PER_S = 2_000
LINES = 20_000
REPEATS = 5
KB = 1024

TEXT = "order %s was taken from the shelf and packed in %s s"


class Program(NamedTuple):
    """What is measured: the processes, their Redis, a page of logs."""

    web: Service
    worker: Service
    redis: redis.Redis
    sender: Celery
    page: Page


def main() -> None:
    """Measure, print, and write bench/out/logs.json."""
    report = {"cost": _cost()}
    with ExitStack() as stack:
        program = _start(stack)
        report["steady"] = _steady(program)
        report["flood"] = _flood(program)
    out = Path("bench/out")
    out.mkdir(exist_ok=True)
    (out / "logs.json").write_text(json.dumps(report, indent=2))


def _cost() -> dict[str, float]:
    """Microseconds of a line in the task's own thread: Celery's handler alone, and with ours beside it."""
    with Path(os.devnull).open("w") as nowhere:
        quiet = logging.StreamHandler(nowhere)
        quiet.setFormatter(LineFormatter())
        alone = [_line_us([quiet]) for _ in range(REPEATS)]
        both = [_line_us([quiet, capture]) for capture in _captures()]
        full = [_line_us([quiet, capture]) for capture in _captures(full=True)]
    figures = {
        "celery_us": statistics.median(alone),
        "added_us": statistics.median(both) - statistics.median(alone),
        "added_when_full_us": statistics.median(full) - statistics.median(alone),
    }
    _print(
        f"A line costs its task {figures['celery_us']:.1f} µs with Celery's logging alone; shipping adds "
        f"{figures['added_us']:.1f} µs ({figures['added_us'] / figures['celery_us']:.2f} of that), "
        f"{figures['added_when_full_us']:.1f} µs while its queue is full."
    )
    return figures


def _captures(full: bool = False) -> Iterator[Capture]:
    """Ones that nobody empties: with room for all lines, or full already."""
    for _ in range(REPEATS):
        capture = Capture(lambda: None)
        for _ in range(MOST_WAITING if full else 0):
            capture.handle(logging.LogRecord("x", logging.INFO, "f", 1, "full", (), None))
        yield capture


def _line_us(handlers: Iterable[logging.Handler]) -> float:
    lines = 4_000  # fewer than a queue takes
    logger = logging.Logger("bench", logging.INFO)
    for handler in handlers:
        logger.addHandler(handler)
    began = time.thread_time()
    for number in range(lines):
        logger.info(TEXT, number, 0.25)
    return (time.thread_time() - began) / lines * 1e6


def _start(stack: ExitStack) -> Program:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server = stack.enter_context(RedisServer.start(folder / "redis"))
    env = {"REDIS_URL": server.url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
    web = new_web(folder / "web.log", **env)
    worker = new_worker(folder / "worker.log", "-I", "bench.logs_task", "--concurrency=1", **env)
    for service in (web, worker):
        service.start()
        stack.callback(service.stop)
    client = stack.enter_context(redis.Redis.from_url(server.url, decode_responses=True))
    sender = stack.enter_context(Celery(broker=server.url, set_as_current=False))
    chromium = stack.enter_context(sync_playwright()).chromium
    browser = chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
    stack.callback(browser.close)
    page = browser.new_page()
    page.goto(f"{web.url}/logs")
    page.get_by_text("ready.").first.wait_for()
    return Program(web, worker, client, sender, page)


def _heard(program: Program, lines: int, per_s: int) -> Listener:
    """A task logs so many lines; all of them have come, or are told to be dropped."""
    listener = Listener(program.web.url)
    program.sender.send_task("bench.log", [lines, per_s])
    wait_until(
        lambda: listener.lines + listener.dropped >= lines, lines / per_s * 3 + 60, "every line is told or counted"
    )
    listener.client.disconnect()
    return listener


def _steady(program: Program) -> dict[str, float]:
    """Lines as fast as a busy worker logs: all come through, how soon?"""
    listener = _heard(program, LINES, STEADY_PER_S)
    ages = sorted(listener.ages_s)
    figures = {
        "per_s": STEADY_PER_S,
        "dropped": listener.dropped,
        "p50_ms": ages[len(ages) // 2] * 1000,
        "p99_ms": ages[int(len(ages) * 0.99)] * 1000,
    }
    _print(
        f"{STEADY_PER_S:,} lines a second from one process: {listener.dropped:,} of {LINES:,} dropped, at a watcher "
        f"after {figures['p50_ms']:.0f} ms (p50), {figures['p99_ms']:.0f} ms (p99)."
    )
    return figures


def _flood(program: Program) -> dict[str, float]:
    """More than anybody can read, for long: what is the memory of each part before, at most, and after?"""
    parts: dict[str, Callable[[], float]] = {
        "worker": lambda: memory_kb(*family(program.worker.pid)),
        "web": lambda: memory_kb(program.web.pid),
        "redis": lambda: int(program.redis.info("memory")["used_memory"]) / KB,
        "page": lambda: float(program.page.evaluate("performance.memory.usedJSHeapSize")) / KB,
    }
    before = {name: read() for name, read in parts.items()}
    most, flood_from = dict(before), len(program.worker.log())
    program.sender.send_task("bench.log", [PER_S * SECONDS, PER_S])
    listener = Listener(program.web.url)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        time.sleep(1)
        most = {name: max(most[name], read()) for name, read in parts.items()}
    program.worker.wait_for_log("succeeded in", SECONDS * 3 + 60, after=flood_from)
    shipped = -1
    while shipped != listener.lines:  # the worker's queue empties
        shipped = listener.lines
        time.sleep(2)
    listener.client.disconnect()
    told = ", ".join(f"{name} {before[name] / KB:.0f} → {most[name] / KB:.0f} MB" for name in parts)
    _print(f"A task that logs {PER_S:,} lines/s, for {SECONDS} s: {shipped:,} of {PER_S * SECONDS:,} shipped. {told}.")
    return {f"{name}_{what}_kb": kb[name] for what, kb in (("before", before), ("most", most)) for name in parts}


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    end_what_was_started()
    main()

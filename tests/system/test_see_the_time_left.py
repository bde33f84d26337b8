"""A person waiting sees how long yet, how many are ahead, and that a bar has stopped."""

import re
import time
from collections.abc import Callable

import redis
from playwright.sync_api import Page, expect

from tests import running
from tests.processes import Service, wait_until
from tests.system import screen
from tests.worker.told import progressed, sent, started
from worker import events, keys
from worker.store import Table
from worker.stream import Log

StartWorker = Callable[..., Service]


def test_a_waiting_task_moves_up_in_its_line_and_is_told_when_it_begins(
    web: Service, start_worker: StartWorker, table: Table, page: Page, redis_url: str
) -> None:
    start_worker("--concurrency=1", "-I", "tests.trial_tasks")
    past = [screen.send_task(redis_url, "trial.sleep", for_s=1) for _ in range(3)]
    screen.wait_for_end(table, *past)
    first, second, third = (
        running.start(web, {"name": "trial.sleep", "kwargs": {"for_s": each}})[1]["task_id"] for each in (12, 2, 1)
    )
    screen.open_page(page, f"{web.url}/tasks/{third}")
    note = page.locator("task-detail .task-detail-note")
    expect(note).to_have_text(re.compile(r"1 ahead · starts in (up to )?[\d\u2013]+ s$"))
    board = screen.open_page(page.context.new_page(), web.url)
    expect(screen.row(board, second).locator(".task-row-note")).to_have_text(re.compile("next in line"))
    expect(screen.row(board, third).locator(".task-row-note")).to_have_text(re.compile("1 ahead"))
    screen.wait_for_end(table, first)
    expect(note).to_have_text(re.compile("next in line"))
    screen.wait_for_end(table, second, third)
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    assert screen.was_never_reloaded(page)


def test_a_task_without_progress_has_the_time_left_of_past_runs(
    web: Service, start_worker: StartWorker, table: Table, page: Page, redis_url: str
) -> None:
    start_worker("--concurrency=1", "-I", "tests.trial_tasks")
    first = screen.send_task(redis_url, "trial.sleep", for_s=30)
    wait_until(lambda: table.row(first) is not None, 10, "the worker has heard of it")
    screen.open_page(page, f"{web.url}/tasks/{first}")
    expect(page.locator(".task-detail-elapsed")).to_have_text(re.compile("Running for"))  # void: it does not run
    expect(page.locator(".task-detail-left")).to_have_text("")


def age_of(client: redis.Redis, log: Log, name: str, seconds: float) -> None:
    for number in range(3):
        task_id = f"past{number}"
        log.append(events.sent(task_id, name, "celery"))
        log.append(started(task_id))
        client.hset(keys.row(task_id), "started_at", f"{time.time() - seconds * (number + 1):.6f}")
        log.append(events.ended("succeeded", task_id, "SUCCESS", "r1", 1))


def test_the_time_left_is_a_range_where_past_runs_differ(
    web: Service, redis_client: redis.Redis, log: Log, page: Page
) -> None:
    age_of(redis_client, log, "trial.count", 120)
    log.append(sent())
    log.append(started())
    screen.open_page(page, f"{web.url}/tasks/t1")
    expect(page.locator(".task-detail-left")).to_have_text(re.compile(r"^\d\u2013\d min left$"))
    board = screen.open_page(page.context.new_page(), web.url)
    expect(screen.row(board, "t1").locator(".task-row-left")).to_have_text(re.compile(r"^\d\u2013\d min$"))


def test_a_bar_that_has_stopped_says_for_how_long_until_the_next_report(
    web: Service, redis_client: redis.Redis, log: Log, page: Page
) -> None:
    log.append(sent())
    log.append(started())
    for number in range(4):
        log.append(progressed(number))
    began, last = time.time() - 240, time.time() - 180  # a report each 15 s: stalled after 75 s
    redis_client.hset(keys.row("t1"), mapping={"started_at": f"{began:.6f}", "progress_at": f"{last:.6f}"})
    screen.open_page(page, f"{web.url}/tasks/t1")
    note = page.locator("task-detail .task-detail-note")
    expect(note).to_have_text(re.compile(r"^Stalled: no report for 3 min"))
    board = screen.open_page(page.context.new_page(), web.url)
    expect(screen.row(board, "t1").locator(".task-row-note")).to_contain_text("Stalled: no report for 3 min")
    log.append(progressed(5))
    expect(note).to_have_text("on")
    expect(screen.row(board, "t1").locator(".task-row-note")).to_have_text("on")
    assert screen.was_never_reloaded(page)


def test_a_browser_clock_that_is_minutes_off_stalls_nothing(
    web: Service, redis_client: redis.Redis, log: Log, page: Page
) -> None:
    log.append(sent())
    log.append(started())
    for number in range(4):
        log.append(progressed(number))
    page.clock.install(time=time.time() + 600)
    screen.open_page(page, f"{web.url}/tasks/t1")
    assert page.evaluate("Date.now()") / 1000 - time.time() > 500, "void: the browser's clock is right"
    expect(page.locator("task-detail .task-detail-note")).to_have_text("on")
    expect(page.locator("task-detail")).to_have_attribute("data-stalled", "no")

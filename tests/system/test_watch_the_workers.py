"""A person on call watches workers and queues: what runs where, who has died, what waits that nobody takes."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service
from tests.system import screen

StartWorker = Callable[..., Service]

SILENT_MS = 20_000
"""Twice what it takes: tests run beside each other."""


def worker_row(page: Page, name: str) -> Locator:
    return page.locator("worker-row", has=page.locator(".worker-row-name", has_text=re.compile(f"^{name}$")))


def queue_row(page: Page, name: str) -> Locator:
    return page.locator("queue-row", has=page.locator(".queue-row-name", has_text=re.compile(f"^{name}$")))


@pytest.fixture
def keeper(start_worker: StartWorker) -> Service:
    """Another worker, that takes care of what a dead one has left."""
    return start_worker("-n keeper@h", "-Q other", "--concurrency=1")


def test_a_worker_appears_runs_a_task_in_a_slot_and_is_free_again(
    web: Service, start_worker: StartWorker, page: Page, redis_url: str
) -> None:
    screen.open_page(page, f"{web.url}/workers")
    expect(page.get_by_text("No worker has been heard of")).to_be_visible()
    start_worker("-n first@h", "--concurrency=2", "-I", "tests.trial_tasks")
    row = worker_row(page, "first@h")
    expect(row.locator(".worker-row-slots")).to_have_text("0 of 2 busy")
    expect(row.locator(".worker-row-standing")).to_contain_text("Up for")
    expect(row.locator(".worker-row-queues")).to_have_text("celery")
    expect(row.locator(".worker-row-pool")).to_have_text("prefork")
    expect(row.locator(".worker-row-memory")).to_contain_text("MB")
    expect(page.get_by_text("No worker has been heard of")).to_be_hidden()

    task_id = screen.send_task(redis_url, "trial.count", total=40, pause_s=0.1)
    task = row.locator("running-task")
    expect(task.locator("a")).to_have_attribute("href", f"/tasks/{task_id}")
    expect(task.locator(".running-task-words")).to_contain_text("for ")
    expect(row.locator(".worker-row-slots")).to_have_text("1 of 2 busy")
    expect(row.locator('[data-slot="busy"]')).to_have_count(1)

    expect(row.locator(".worker-row-slots")).to_have_text("0 of 2 busy")
    expect(task).to_have_count(0)
    expect(row.locator(".worker-row-rate")).to_have_text("1 done so far")
    assert screen.was_never_reloaded(page)


def test_a_killed_worker_is_offline_in_words_and_its_task_is_marked_lost(
    web: Service, keeper: Service, start_worker: StartWorker, page: Page, redis_url: str, tmp_path: Path
) -> None:
    victim = start_worker("-n victim@h", "--concurrency=2", "-I", "tests.deadly_tasks")
    screen.open_page(page, f"{web.url}/workers")
    row = worker_row(page, "victim@h")
    task_id = screen.send_task(redis_url, "deadly.early", path=str(tmp_path / "run"), for_s=60)
    expect(row.locator("running-task a")).to_have_attribute("href", f"/tasks/{task_id}")
    expect(row.locator("state-pill")).to_be_hidden()  # void: it is told as lost while it runs

    os.killpg(victim.pid, signal.SIGKILL)
    expect(row.locator(".worker-row-standing")).to_have_text(re.compile(r"^Offline for \d+ s$"), timeout=SILENT_MS)
    expect(row.locator('[data-slot="offline"]')).to_have_count(2)
    expect(row.locator("state-pill")).to_be_visible(timeout=SILENT_MS)
    expect(row.locator("state-pill")).to_have_text("Lost")
    said = row.locator(".worker-row-standing").inner_text()
    expect(row.locator(".worker-row-standing")).not_to_have_text(said)  # it ticks
    expect(page.locator(".fleet-board-summary")).to_contain_text("1 worker offline")
    row.locator("running-task a").click()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Lost")


def test_a_worker_that_ends_in_order_is_stopped_and_not_offline(
    web: Service, start_worker: StartWorker, page: Page
) -> None:
    worker = start_worker("-n first@h", "--concurrency=1")
    screen.open_page(page, f"{web.url}/workers")
    row = worker_row(page, "first@h")
    expect(row.locator(".worker-row-standing")).to_contain_text("Up for")
    worker.stop()
    expect(row.locator(".worker-row-standing")).to_contain_text("Stopped")


def test_what_waits_in_a_queue_that_nobody_takes_from_is_seen(web: Service, page: Page) -> None:
    screen.open_page(page, f"{web.url}/workers")
    expect(page.get_by_text("Nothing waits, and no worker takes from a queue")).to_be_visible()
    for _ in range(3):
        screen.start_long_task(web)
    row = queue_row(page, "celery")
    expect(row.locator(".queue-row-waiting")).to_have_text("3")
    expect(row.locator(".queue-row-workers")).to_have_text("No worker takes from it")
    expect(row.locator(".queue-row-age")).to_have_text(re.compile(r"^\d+ s$"))


def test_the_page_is_reached_from_the_header_and_fits_a_narrow_screen(
    web: Service, worker: Service, page: Page
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    screen.open_page(page, web.url)
    page.get_by_role("link", name="Workers").click()
    expect(page.get_by_role("link", name="Workers")).to_have_attribute("aria-current", "page")
    expect(page.locator("worker-row")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

"""What goes wrong is seen over the board, at once, until somebody puts it aside."""

from collections.abc import Callable

import redis
from playwright.sync_api import Page, expect

from tests.processes import Service, wait_until
from tests.worker.told import sent, started
from worker import events, keys, states
from worker.stream import Log

EVIL = "<img src=x onerror=alert(1)>\u202e"


def _fail(log: Log, task_id: str, error: str) -> None:
    log.append(sent(task_id))
    log.append(started(task_id))
    log.append(events.ended("task-ended", task_id, states.FAILURE, "r1", 1, error=error, summary=error))


def test_an_alarm_comes_counts_and_is_put_aside(
    web: Service, log: Log, redis_client: redis.Redis, new_page: Callable[[], Page]
) -> None:
    wait_until(lambda: redis_client.get(keys.ALARMS_OFFSET), 10, "the first look has been taken")
    page = new_page()
    page.goto(web.url)
    expect(page.locator(".connection-status-word")).to_have_text("Live")
    expect(page.locator(".alarm-list-card")).to_be_hidden()
    _fail(log, "t1", f"ValueError: {EVIL}")
    row = page.locator(".alarm-row")
    expect(row).to_have_count(1, timeout=10_000)
    expect(row.locator(".alarm-row-cause")).to_have_text("Failed")
    expect(row.locator(".alarm-row-subject")).to_have_text("trial.count")
    expect(row.locator(".alarm-row-words")).to_contain_text("ValueError: <img src=x")
    expect(row.locator(".alarm-row-logs")).to_have_attribute("href", "/logs?task=t1")
    _fail(log, "t2", "ValueError: again")
    expect(row.locator(".alarm-row-times")).to_contain_text("2 times since", timeout=10_000)
    expect(page.locator(".alarm-list-said")).to_have_text("1 open alarm")
    row.get_by_role("button", name="Put aside: trial.count").click()
    expect(page.locator(".alarm-list-card")).to_be_hidden()
    for number in range(5):
        _fail(log, f"u{number}", f"Error{number}: x")
    expect(page.locator(".alarm-row:visible")).to_have_count(3, timeout=10_000)
    page.get_by_role("button", name="Show 2 more").click()
    expect(page.locator(".alarm-row:visible")).to_have_count(5)

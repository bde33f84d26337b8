"""Whatever tasks say, and whatever the clocks show: the pages stay whole, and say nothing that is not so."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.processes import Service
from tests.system import screen
from worker import events, states
from worker.store import Table
from worker.stream import Log

MARKUP = '<img src="x" onerror="document.title=1"><script>document.title=1</script>{{ 7*7 }} &amp;'
ARABIC = "النسخة الثالثة من ثمانية"
OVERRIDE = "safe \u202egpj.exe"
FAMILY = "👩‍👩‍👧‍👦 done 🎉"
NOTES = {
    "markup": (MARKUP, MARKUP),
    "arabic": (ARABIC, ARABIC),
    "turned-round": (OVERRIDE, "safe [U+202E]gpj.exe"),
    "emoji": (FAMILY, FAMILY),
    "lines": ("first\nsecond\tthird", "first second third"),
    "one-word": ("x" * 400, "x" * 400),
}
"""What a task says, and what is shown of it."""

LONG_NAME = "media." + "_".join(["transcode"] * 40)
LONGEST = 300

NUMBERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "total-0": ({"current": 5, "total": 0}, "", "5"),
    "total-negative": ({"current": 5, "total": -8}, "", "5"),
    "total-none": ({"current": 5, "total": None}, "", "5"),
    "total-nan": ({"current": 5, "total": float("nan")}, "", "5"),
    "current-none": ({"current": None, "total": 8}, "", ""),
    "current-nan": ({"current": float("nan"), "total": 8}, "", ""),
    "current-negative": ({"current": -5, "total": 8}, "0%", "-5 of 8"),
    "beyond-total": ({"current": 9, "total": 8}, "100%", "9 of 8"),
    "huge": ({"current": 2**60, "total": 2**61}, "50%", "1,152,921,504,606,847,000 of 2,305,843,009,213,694,000"),
}
"""What a task reports, the percentage that is shown, and the amount."""


def tell(log: Log, task_id: str, name: str = "trial.strange", **fields: object) -> None:
    """A task that runs and has reported this."""
    log.append(events.sent(task_id, name, "celery"))
    log.append(events.Event("task-started", task_id, states.STARTED, "r", 0, "started_at", {"worker": "w@h"}))
    if fields:
        log.append(events.progressed(task_id, "r", 0, states.PROGRESS, fields))


def fits(page: Page, width: int) -> bool:
    """Whether nothing sticks out at this width."""
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def open_live(page: Page, url: str) -> Page:
    screen.open_page(page, url)
    expect(page.locator("html")).not_to_have_attribute("data-stale", "")
    return page


def test_texts_are_only_texts_and_leave_every_row_its_place(web: Service, log: Log, page: Page) -> None:
    for task_id, (said, _) in NOTES.items():
        tell(log, task_id, note=said)
    open_live(page, web.url)
    for task_id, (_, shown) in NOTES.items():
        row = screen.row(page, task_id)
        expect(row.locator(".task-row-note")).to_have_text(shown)
        assert row.evaluate("row => row.offsetHeight") == 52
        assert row.locator("img, script").count() == 0
    assert fits(page, 1280)
    assert fits(page, 320)
    for task_id, (_, shown) in NOTES.items():
        open_live(page, f"{web.url}/tasks/{task_id}")
        expect(page.locator(".task-detail-note")).to_have_text(shown)
        assert fits(page, 1280)
        assert fits(page, 320)
    assert "1 ·" not in page.title()


def test_a_note_of_a_megabyte_is_cut_with_a_mark(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.tell", note="long " * 200_000)
    screen.wait_for_end(table, task_id)
    open_live(page, web.url)
    expect(screen.row(page, task_id).locator(".task-row-note")).to_have_text(re.compile(r"^long .*… \(cut\)$"))
    open_live(page, f"{web.url}/tasks/{task_id}")
    result = page.locator(".result-card-value")
    expect(result).to_have_text(re.compile(r"^\W?long .*… \(cut\)$", re.DOTALL))
    assert len(result.inner_text()) < 20_000
    assert fits(page, 1280)
    assert fits(page, 320)


def test_a_name_of_300_characters_is_whole_on_its_page_and_pushes_nothing_away(
    web: Service, log: Log, page: Page
) -> None:
    name = LONG_NAME[:LONGEST]
    assert len(name) == LONGEST  # void: the table would cut a longer one
    tell(log, "long", name, current=1, total=4)
    open_live(page, web.url)
    row = screen.row(page, "long")
    expect(row.locator(".task-row-percent")).to_be_in_viewport()
    expect(row.locator(".task-row-worker")).to_have_text("w@h")
    assert fits(page, 1280)
    assert fits(page, 320)
    open_live(page, f"{web.url}/tasks/long")
    expect(page.locator("h1")).to_have_text(name)
    assert fits(page, 320)


def test_odd_numbers_make_no_odd_bars(web: Service, log: Log, page: Page) -> None:
    for task_id, (fields, _, _) in NUMBERS.items():
        tell(log, task_id, **fields)
    open_live(page, web.url)
    for task_id, (_, percent, amount) in NUMBERS.items():
        row = screen.row(page, task_id)
        expect(row.locator(".task-row-percent")).to_have_text(percent)
        expect(row.locator(".task-row-note")).to_have_text(amount)
        expect(row).to_have_attribute("data-bar", "yes" if percent else "no")
    assert "NaN" not in page.content()
    assert "Infinity" not in page.content()


@pytest.mark.parametrize("ahead_s", [-600, 600], ids=["ten minutes behind", "ten minutes ahead"])
def test_a_browser_whose_clock_is_wrong_tells_the_same_times(
    web: Service, log: Log, page: Page, context: BrowserContext, ahead_s: float
) -> None:
    log.append(events.sent("later", "trial.later", "celery", eta=time.time() + 90))
    log.append(events.sent("waits", "trial.waits", "celery"))
    tell(log, "runs", note="on its way")
    time.sleep(2)  # what stands still is what tells nothing of the time
    context.clock.install(time=time.time() + ahead_s)
    open_live(page, web.url)
    assert abs(page.evaluate("Date.now() / 1000") - time.time() - ahead_s) < 5, "void: the browser's clock is right"
    expect(screen.row(page, "waits").locator(".task-row-elapsed")).to_have_text(re.compile(r"^0:0\d$"))
    expect(screen.row(page, "runs").locator(".task-row-elapsed")).to_have_text(re.compile(r"^0:0\d$"))
    expect(screen.row(page, "later").locator(".task-row-note")).to_have_text(re.compile(r"^Starts in 1:[12]\d$"))
    expect(screen.row(page, "runs")).to_have_attribute("data-stalled", "no")
    open_live(page, f"{web.url}/tasks/runs")
    expect(page.locator(".task-detail-elapsed")).to_have_text(re.compile(r"^Running for 0:\d\d$"))

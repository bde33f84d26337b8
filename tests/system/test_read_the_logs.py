"""A person on call reads the workers' logs: live, filtered, back in time, and while things break."""

import json
import re
from pathlib import Path

from celery import Celery
from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from tests.system.log_page import field, row, texts


def test_each_line_comes_by_itself_with_all_that_is_known_of_it(
    logs: Page, sender: Celery, recordings: dict[Page, Recording]
) -> None:
    task_id = sender.send_task("log.all_ways", ["mark"]).id
    line = row(logs, "mark by Celery's task logger")
    expect(line.locator(".log-level")).to_have_text("WARNING")
    expect(line.locator(".log-source")).to_have_text(re.compile(r"^logs@here \d+$"))
    expect(line.locator(".log-task")).to_have_attribute("href", f"/tasks/{task_id}")
    expect(line.locator(".log-time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d\.\d{3}$"))
    for way in ("logging", "print", "stderr", "warnings"):
        expect(row(logs, f"mark by {way}")).to_be_visible()
    asked = [request for request in recordings[logs].requests if "/api/logs" in request]
    assert len(asked) <= 2, "once for the page, once for what came until it was live: nothing polls"
    line.locator(".log-task").click()
    expect(logs).to_have_url(re.compile(f"/tasks/{task_id}"))


def test_a_traceback_stays_together_and_escapes_are_colours_or_text(logs: Page, sender: Celery) -> None:
    sender.send_task("log.say", ["\x1b[31mred\x1b[0m <b>bold</b> \x1b[2J\u202eturned"])
    coloured = row(logs, "red <b>bold</b>")
    expect(coloured.locator("[data-ink=failed]")).to_have_text("red")
    expect(coloured.locator(".log-text")).to_have_text("red <b>bold</b> [U+202E]turned")
    sender.send_task("log.fail", ["the disk is full"])
    expect(row(logs, "ValueError: the disk is full").last).to_be_visible()
    told = texts(logs)
    first = next(at for at, text in enumerate(told) if "Traceback (most recent call last)" in text)
    last = next(at for at, text in enumerate(told) if text.startswith("ValueError: the disk is full"))
    assert any("in fail" in text for text in told[first:last]), told


def test_the_filters_stand_in_the_address_and_hold_for_what_comes(logs: Page, sender: Celery, web: Service) -> None:
    field(logs, "Level").select_option("WARNING")
    expect(row(logs, "logs@here ready.")).to_have_count(0)
    field(logs, "Text").fill("MARK by")
    expect(logs).to_have_url(re.compile(r"/logs\?level=WARNING&q=MARK\+by"))
    sender.send_task("log.all_ways", ["mark"])
    expect(row(logs, "mark by warnings")).to_be_visible()
    assert all("mark" in text for text in texts(logs)) and len(texts(logs)) >= 4
    expect(row(logs, "mark by logging")).to_have_count(0)
    before = texts(logs)
    logs.reload()
    expect(row(logs, "mark by warnings")).to_be_visible()
    assert texts(logs) == before
    expect(field(logs, "Level")).to_have_value("WARNING")
    field(logs, "Text").fill("there is no such line")
    expect(logs.get_by_text("No line is kept that fits.")).to_be_visible()


def test_what_came_while_the_line_was_cut_is_there_afterwards(
    page: Page, web: Service, log_worker: Service, sender: Celery, recordings: dict[Page, Recording]
) -> None:
    screen.open_page(page, f"{web.url}/logs?q=line")
    recordings[page].allow("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_EMPTY_RESPONSE")
    sender.send_task("log.say", ["line before"])
    expect(row(page, "line before")).to_be_visible()
    web.kill()
    sender.send_task("log.say", [f"line while away {number}" for number in range(50)])
    log_worker.wait_for_log("line while away 49")
    web.start()
    expect(row(page, "line while away 49")).to_be_visible()
    sender.send_task("log.say", ["line after"])
    expect(row(page, "line after")).to_be_visible()
    shown = page.evaluate("document.querySelector('log-view').lines.lines.map((line) => line.text)")
    mine = [text for text in shown if text.startswith("line")]
    assert mine == ["line before", *(f"line while away {number}" for number in range(50)), "line after"]


def test_a_flood_says_where_lines_are_missing(logs: Page, log_worker: Service, sender: Celery) -> None:
    task_id = sender.send_task("log.flood", [30_000]).id
    log_worker.wait_for_log(f"[{task_id}] succeeded")
    has_gap = "document.querySelector('log-view').lines.lines.some((line) => line.dropped)"
    wait_until(lambda: logs.evaluate(has_gap), 20, "the page knows of a gap")
    logs.get_by_role("button", name="Pause").click()
    wait_until(lambda: scrolled_to_gap(logs) and row(logs, "lines dropped here").count(), 20, "the gap is seen")


def scrolled_to_gap(page: Page) -> bool:
    page.evaluate("""() => {
      const { lines } = document.querySelector('log-view');
      const at = lines.between(0, lines.length).findIndex(({ entry }) => entry.line.dropped);
      const height = document.querySelector('.log-body').clientHeight / lines.length;
      document.querySelector('.log-scroll').scrollTo(0, at * height);
    }""")
    page.wait_for_timeout(100)
    return True


def test_what_is_shown_can_be_taken_along(logs: Page, sender: Celery) -> None:
    task_id = sender.send_task("log.say", ["take me"]).id
    expect(row(logs, "take me").first).to_be_visible()
    field(logs, "Task id").fill(task_id)
    expect(row(logs, "logs@here ready.")).to_have_count(0)
    with logs.expect_download() as text:
        logs.get_by_role("button", name="Download as text").click()
    written = Path(text.value.path()).read_text().splitlines()
    assert any(re.search(rf"Z INFO +logs@here log.say\[{task_id}\] take me$", line) for line in written), written
    with logs.expect_download() as lines:
        logs.get_by_role("button", name="Download as JSON lines").click()
    found = [json.loads(line) for line in Path(lines.value.path()).read_text().splitlines()]
    assert "take me" in [line["text"] for line in found] and {line["task"] for line in found} == {task_id}


def test_a_tasks_page_has_its_own_lines_also_after_its_end(
    page: Page, web: Service, log_worker: Service, sender: Celery
) -> None:
    task_id = sender.send_task("log.say_and_wait", [3]).id
    other = sender.send_task("log.say", ["another's"]).id
    log_worker.wait_for_log(f"{other}] succeeded")
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(row(page, "second 1")).to_be_visible()
    expect(row(page, "second 3")).to_be_visible()
    expect(row(page, "succeeded in")).to_be_visible()
    assert not row(page, "another's").count()
    page.reload()
    expect(row(page, "second 3")).to_be_visible()
    page.get_by_role("link", name="Search in its log lines").click()
    expect(row(page, "second 3")).to_be_visible()
    expect(field(page, "Task id")).to_have_value(task_id)


def test_the_lines_take_what_room_the_window_has(logs: Page) -> None:
    for width, height in ((1280, 700), (1280, 1000), (1000, 900)):
        logs.set_viewport_size({"width": width, "height": height})
        ends = logs.locator(".log-scroll").evaluate("element => element.getBoundingClientRect().bottom")
        assert height - 40 < ends < height, "no room is left, and no second scroll bar is needed"
        assert logs.evaluate("document.documentElement.scrollHeight") == height

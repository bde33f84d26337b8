"""A person on call keeps a place in the logs, goes back, and on from a moment."""

import re

from celery import Celery
from playwright.sync_api import Locator, Page, expect

from tests.processes import wait_until
from tests.system.log_page import field, row, texts


def test_paused_it_keeps_its_place_and_resumed_it_shows_the_newest(logs: Page, sender: Celery) -> None:
    sender.send_task("log.say", [f"first {number}" for number in range(80)])
    expect(row(logs, "first 79")).to_be_visible()
    logs.get_by_role("button", name="Pause").click()
    before = texts(logs)
    sender.send_task("log.say", [f"second {number}" for number in range(80)])
    resume = logs.get_by_role("button", name=re.compile(r"Go to the newest line \(8\d more\)"))
    expect(resume).to_be_visible()
    assert texts(logs)[: len(before)] == before, "a row or two below the fold may have been filled"
    resume.click()
    expect(row(logs, "second 79")).to_be_visible()
    sender.send_task("log.say", ["third"])
    expect(row(logs, "third")).to_be_visible()


def test_one_scrolls_back_to_the_first_line_that_is_kept(logs: Page, sender: Celery) -> None:
    for part in range(4):
        sender.send_task("log.say", [f"line {part}-{number:03}" for number in range(400)])
    expect(row(logs, "succeeded").last).to_be_visible()
    logs.reload()
    expect(row(logs, "line").last).to_be_visible()
    scroll = logs.locator(".log-scroll")
    wait_until(
        lambda: scroll_to_top(scroll) and row(logs, "Connected to redis").count() > 0, 20, "the first line is seen"
    )
    shown = logs.evaluate("document.querySelector('log-view').lines.lines.map((line) => line.text)")
    lines = [text for text in shown if re.match(r"line \d-\d", text)]
    assert len(lines) == len(set(lines)) == 1_600


def scroll_to_top(scroll: Locator) -> bool:
    scroll.evaluate("element => element.scrollTo(0, 0)")
    return True


def test_one_goes_to_a_time_and_on_from_there(logs: Page, sender: Celery) -> None:
    sender.send_task("log.say", [f"before {number}" for number in range(300)])  # far more than is in view above it
    expect(row(logs, "before 299")).to_be_visible()
    sender.send_task("log.say_and_wait", [4])
    expect(row(logs, "second 4")).to_be_visible(timeout=15_000)
    logs.locator(".log-scroll").evaluate("element => element.scrollTo(0, 0)")
    expect(row(logs, "logs@here ready.")).to_be_visible()
    at = logs.evaluate(
        """() => {
          const { id } = document.querySelector('log-view').lines.lines.find((line) => line.text === 'second 4');
          const shipped_ms = Number(id.split('-')[0]) / 1000 - new Date().getTimezoneOffset() * 60000;
          return new Date(shipped_ms).toISOString().slice(0, 19);
        }"""
    )
    # What is older is asked for, too, and is answered before the next frame is drawn.
    logs.evaluate("() => { window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 300); }")
    field(logs, "Go to").fill(at)
    expect(row(logs, "logs@here ready.")).to_have_count(0)
    expect(row(logs, "second 4")).to_be_visible()
    sender.send_task("log.say", ["and on"])
    logs.locator(".log-scroll").evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(row(logs, "and on")).to_be_visible()

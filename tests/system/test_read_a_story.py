"""A person reads what a task did and what it logged on one time line, and goes back to how it was."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service, wait_until
from tests.system import screen
from worker.store import Table

MOMENTS = "document.querySelector('story-view').story.moments"


@pytest.fixture
def worker(start_worker: Callable[..., Service]) -> Service:
    return start_worker("--concurrency=2", "--without-mingle", "-n", "story@here", "-I", "tests.story_tasks")


def moments(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"{MOMENTS}.map(({{kind, words}}) => `${{kind}}: ${{words}}`)")
    return found


def rows(page: Page, text: str) -> Locator:
    return page.locator("story-view .log-row:not([hidden])", has_text=text)


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Go back to")


def go_to(page: Page, text: str) -> None:
    """Drag the slider to where this happened."""
    place = next(at for at, moment in enumerate(moments(page), 1) if text in moment)
    slider(page).evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }", place
    )


def percent(page: Page) -> Locator:
    return page.locator(".task-detail-percent")


@pytest.fixture
def told(web: Service, worker: Service, page: Page, redis_url: str, table: Table, tmp_path: Path) -> str:
    """A task that has failed once and runs again, on its page."""
    task_id = screen.send_task(redis_url, "story.tell", folder=str(tmp_path))
    wait_until(lambda: table.row(task_id), 10, "it is known")
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(rows(page, "the order is taken from the shelf")).to_be_visible()
    return task_id


def test_steps_and_lines_stand_in_the_order_in_which_the_task_did_them(
    web: Service, worker: Service, page: Page, redis_url: str, redis_client: redis.Redis, table: Table
) -> None:
    task_id = screen.send_task(redis_url, "story.alternate", attempts=2, acts=200)
    wait_until(lambda: (table.row(task_id) or {}).get("reports"), 10, "it reports")
    redis_client.client_pause(1_500)  # what it did meanwhile comes late, and all at once
    screen.wait_for_end(table, task_id)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    wait_until(lambda: any("all is done" in moment for moment in moments(page)), 10, "all is here")
    did, reported, attempt = [], 0, 0
    for moment in moments(page):
        kind, _, words = moment.partition(": ")
        if kind == "attempt":
            attempt, reported = attempt + 1, 0
        elif kind == "progress":
            current = int(re.findall(r"(\d+) of 200", words)[0])
            assert reported == current, f"{current} was reported after {reported} lines"
            did.append(current)
        elif "was reported" in words:
            assert words == f"attempt {attempt}: {reported} was reported", "each line in its place"
            reported += 1
    assert (attempt, reported) == (2, 200) and len(did) >= 4, "void: there was nothing to put in order"


def test_what_happens_is_told_as_it_happens_and_each_kind_can_be_left_away(
    told: str, page: Page, tmp_path: Path
) -> None:
    expect(rows(page, "Attempt 1 failed")).to_contain_text("gateway timeout")
    expect(rows(page, "no answer").locator("[data-ink=retrying]")).to_have_text("no answer")
    (tmp_path / "half").touch()
    expect(rows(page, "Mail sent")).to_have_attribute("data-kind", "mail")
    expect(rows(page, "it was glass")).to_be_visible()
    page.get_by_role("checkbox", name="Log lines").uncheck()
    expect(rows(page, "it was glass")).to_have_count(0)
    expect(rows(page, "half is packed")).to_be_visible()
    assert not any(moment.startswith("line:") for moment in moments(page))
    (tmp_path / "finish").touch()
    expect(rows(page, "Succeeded")).to_be_visible()
    page.get_by_role("checkbox", name="Log lines").check()
    expect(rows(page, "succeeded in")).to_be_visible()


def test_the_slider_shows_the_task_as_it_was_while_it_goes_on(told: str, page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Play").wait_for()
    (tmp_path / "half").touch()
    expect(rows(page, "it was glass")).to_be_visible()
    expect(page.locator(".task-detail-then")).to_be_empty()

    go_to(page, "Attempt 1 failed")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Retrying")
    expect(page.locator(".task-detail-note")).to_have_text("gateway timeout")
    expect(page.locator(".task-detail-then")).to_contain_text("As it was at")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(r"^[\d:.]+ Attempt 1 failed: gateway"))
    expect(rows(page, "it was glass")).to_have_attribute("data-later", "true")
    expect(rows(page, "no answer")).to_have_attribute("data-later", "false")

    (tmp_path / "finish").touch()
    expect(page).to_have_title(re.compile("Succeeded|✓|tell"))
    wait_until(lambda: any("Succeeded" in moment for moment in moments(page)), 10, "the story goes on")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Retrying")
    place = int(slider(page).input_value())
    slider(page).press("ArrowLeft")
    expect(slider(page)).to_have_js_property("value", str(place - 1))
    go_to(page, "no answer")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile("no answer for 30 s"))
    expect(screen.state(page.locator("task-detail"))).to_have_text("Running")
    expect(percent(page)).to_have_text("12%")
    expect(page.locator(".task-detail-note")).to_have_text("asks the gateway")
    expect(page.locator(".result-card-value")).to_be_hidden()

    slider(page).press("End")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    expect(slider(page)).to_have_attribute("aria-valuetext", "Now")
    expect(page.locator(".result-card-value")).to_be_visible()


def test_it_is_played_through_to_its_end_and_can_be_held(told: str, page: Page, tmp_path: Path) -> None:
    (tmp_path / "half").touch()
    (tmp_path / "finish").touch()
    expect(rows(page, "succeeded in")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".task-detail-then")).to_contain_text("As it was at")
    page.get_by_role("button", name="Pause").click()
    held = slider(page).input_value()
    expect(page.get_by_role("button", name="Back to now")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(slider(page)).to_have_attribute("aria-valuetext", "Now", timeout=25_000)
    assert slider(page).input_value() > held
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")


def test_who_asked_for_a_stop_and_what_became_of_it_stand_in_the_story(told: str, page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(rows(page, "Asked to stop")).to_have_attribute("data-kind", "action")
    expect(rows(page, "What was asked is done")).to_be_visible()
    go_to(page, "Asked to stop")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Running")
    page.get_by_role("button", name="Back to now").click()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Revoked")
    expect(slider(page)).to_be_focused()


def test_a_long_story_is_there_after_a_reload_as_far_back_as_one_looks(
    web: Service, worker: Service, page: Page, redis_url: str, table: Table
) -> None:
    task_id = screen.send_task(redis_url, "story.log", lines=6_000, per_s=4_000)
    screen.wait_for_end(table, task_id)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    wait_until(lambda: any("line 5999" in moment for moment in moments(page)), 10, "its newest lines")
    assert len(moments(page)) < 2_100 and "attempt: Attempt 1 started: on story@here" in moments(page)
    assert page.locator("story-view .log-row").count() < 60, "only what is in view is in the page"
    page.locator("story-view .log-scroll").evaluate("scroll => { scroll.scrollTop = 0; }")
    load: Any = page.get_by_role("button", name="Load more of them")
    while load.count():
        before = len(moments(page))
        load.click()
        wait_until(lambda: len(moments(page)) != before or not load.count(), 10, "older lines come")  # noqa: B023
        if len(moments(page)) > 4_900:
            break
    assert len(moments(page)) > 4_500

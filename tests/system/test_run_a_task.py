"""A person runs a task with parameters; a bad value is refused beside its field, before anything is sent."""

from collections.abc import Callable

import pytest
import redis
from playwright.sync_api import BrowserContext, Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker import keys
from worker.store import Table


@pytest.fixture
def runner(start_worker: Callable[..., Service], redis_client: redis.Redis) -> Service:
    """A worker with the tasks of tests/form_tasks.py, as soon as it has told of them."""
    worker = start_worker("--concurrency=2", "--queues=celery,orders", "-I", "tests.form_tasks")
    wait_until(lambda: redis_client.hexists(keys.TASKS, "forms.order"), 10, "the worker tells what it can run")
    return worker


def open_form(page: Page, web: Service, name: str) -> None:
    """From the board, by the keyboard where there is a key for it."""
    screen.open_page(page, web.url)
    page.get_by_role("link", name="Run a task").click()
    expect(page.get_by_role("heading", name="Run a task")).to_be_visible()
    page.locator("task-search:defined").wait_for()
    page.keyboard.press("/")
    page.keyboard.type(name)
    links = page.locator(".run-list li:not([hidden]) a")
    expect(links).to_have_count(1)
    links.click()
    expect(page.locator("h1")).to_have_text(f"Run {name}")
    # Until its script is there, the form is a plain one that the server answers.
    page.locator("task-form:defined").wait_for()


def press_run(page: Page) -> None:
    page.get_by_role("button", name="Run it").click()


def test_a_task_is_run_with_parameters_and_its_page_shows_who_asked(
    web: Service, runner: Service, table: Table, page: Page
) -> None:
    open_form(page, web, "forms.every_kind")
    page.get_by_label("text").fill("two\nlines & <b>")
    page.get_by_label("count").fill("12")
    page.get_by_label("loud").check()
    page.get_by_label("mode").select_option("slow")
    page.get_by_label("day").fill("2026-02-28")
    page.get_by_label("tags").fill('["a", "b"]')
    press_run(page)
    page.wait_for_url("**/tasks/**")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    expect(page.locator(".task-detail-sender")).to_have_text("127.0.0.1")

    row = table.row(page.url.rpartition("/")[2])
    assert row
    given = {"text": "two\nlines & <b>", "count": 12, "ratio": 0.5, "loud": True, "mode": "slow", "size": "s"}
    told = {"day": "datetime.date(2026, 2, 28)", "tags": ["a", "b"], "anything": None}
    header = {"pushboard": {"user": None, "address": "127.0.0.1"}}
    assert row["result"] == given | told | {"headers": header}


def test_a_bad_value_is_refused_beside_its_field_before_anything_is_sent(
    web: Service, runner: Service, table: Table, page: Page, recordings: dict[Page, Recording]
) -> None:
    open_form(page, web, "forms.every_kind")
    count = page.get_by_label("count")
    count.fill("three")
    page.get_by_label("tags").fill("[a")
    press_run(page)
    expect(page.locator(".form-outcome")).to_have_text("Nothing was started. 3 fields need a change.")
    expect(page.get_by_label("text")).to_be_focused()
    expect(count).to_have_attribute("aria-invalid", "true")
    expect(count).to_have_accessible_description("whole number Write a whole number, such as 3.")
    assert not [asked for asked in recordings[page].requests if asked.startswith("POST")]

    count.fill("3")
    expect(count).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("text").fill("x")
    page.get_by_label("tags").fill("[1]")  # JSON it is, but the server knows better
    recordings[page].allow("400")
    press_run(page)
    expect(page.get_by_label("tags")).to_be_focused()
    expect(page.get_by_label("tags")).to_have_accessible_description("list, as JSON [0]: Write a text.")
    assert table.board().rows == []

    page.get_by_label("tags").fill("")
    press_run(page)
    page.wait_for_url("**/tasks/**")
    assert len(table.board().rows) == 1


def test_a_double_press_starts_one_task_and_whoever_comes_back_may_start_another(
    web: Service, runner: Service, table: Table, page: Page
) -> None:
    page.goto(f"{web.url}/run/forms.every_kind")
    page.locator("task-form:defined").wait_for()
    page.get_by_label("text").fill("again")
    page.get_by_role("button", name="Run it").dblclick()
    page.wait_for_url("**/tasks/**")
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    assert len(table.board().rows) == 1
    page.go_back()
    expect(page.get_by_label("text")).to_have_value("again")
    press_run(page)
    page.wait_for_url("**/tasks/**")
    assert len(table.board().rows) == 2


def test_a_model_is_filled_in_and_reaches_the_task_as_one(web: Service, runner: Service, page: Page) -> None:
    open_form(page, web, "forms.order")
    order = page.get_by_role("group", name="order")
    order.get_by_label("number").fill("7")
    expect(order.get_by_label("number")).to_have_accessible_description(
        "whole number, needed As printed on the invoice"
    )
    order.get_by_label("due").fill("2026-02-28")
    page.get_by_label("street").fill("Long Lane")
    page.get_by_label("city").fill("Exeter")
    press_run(page)
    expect(page.locator("result-card")).to_contain_text("Order 7 due datetime.date(2026, 2, 28) to Exeter")


def test_the_form_works_without_a_script(
    web: Service,
    runner: Service,
    new_context: Callable[..., BrowserContext],
    new_page: Callable[..., Page],
    recordings: dict[Page, Recording],
) -> None:
    page = new_page(new_context(java_script_enabled=False))
    page.goto(f"{web.url}/run/forms.every_kind")
    recordings[page].allow("400")
    page.get_by_label("count").fill("three")
    press_run(page)
    expect(page.get_by_role("alert")).to_contain_text("count: Write a whole number, such as 3.")
    expect(page.get_by_label("count")).to_have_value("three")
    expect(page.get_by_label("count")).to_have_accessible_description("whole number Write a whole number, such as 3.")
    page.get_by_label("text").fill("x")
    page.get_by_label("count").fill("3")
    press_run(page)
    page.wait_for_url("**/tasks/**")
    expect(page.locator("h1")).to_have_text("forms.every_kind")


def test_a_press_while_the_server_is_away_says_so_and_keeps_what_was_written(
    web: Service, runner: Service, page: Page, recordings: dict[Page, Recording]
) -> None:
    page.goto(f"{web.url}/run/forms.every_kind")
    page.locator("task-form:defined").wait_for()
    page.get_by_label("text").fill("precious")
    web.kill()
    recordings[page].allow("ERR_CONNECTION_REFUSED")
    press_run(page)
    expect(page.locator(".form-outcome")).to_contain_text("can't be reached")
    expect(page.get_by_label("text")).to_have_value("precious")


@pytest.mark.parametrize("path", ["/run", "/run/forms.every_kind", "/run/forms.order"])
def test_nothing_is_cut_off_at_320_pixels(
    web: Service, runner: Service, new_context: Callable[..., BrowserContext], new_page: Callable[..., Page], path: str
) -> None:
    page = new_page(new_context(viewport={"width": 320, "height": 600}))
    page.goto(web.url + path)
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

"""A person finds a task among many, and what is found stays right while things go on."""

import json
from collections.abc import Callable, Iterator

import pytest
import redis
from playwright.sync_api import Locator, Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from tests.system.listing import failed, life, listed, started, truth, wait_for_rows
from worker import events, states
from worker.store import Table
from worker.stream import Log, connect

TASKS = 1_500
"""More than the page is given at once."""


@pytest.fixture
def log(redis_url: str) -> Iterator[Log]:
    with connect(redis_url) as client:
        yield Log(client)


@pytest.fixture
def many(log: Log) -> None:
    """Orders of two queues; every tenth runs, every hundredth has failed."""
    for number in range(TASKS):
        log.append_all(life(number))


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox")


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


@pytest.mark.usefixtures("many")
def test_every_task_is_reached_by_scrolling_and_the_counters_are_exact(web: Service, page: Page, table: Table) -> None:
    screen.open_page(page, web.url)
    expect(tab(page, "All").locator(".state-tabs-count")).to_have_text("1,500")
    expect(tab(page, "Failed").locator(".state-tabs-count")).to_have_text("15")
    expect(page.locator("task-list")).to_have_attribute("aria-rowcount", "1501")
    page.locator("task-list").focus()
    page.keyboard.press("End")
    expect(screen.row(page, "order-0000")).to_be_visible()
    page.keyboard.press("Home")
    expect(screen.row(page, f"order-{TASKS - 1}")).to_be_visible()
    wait_for_rows(page, lambda: truth(table), "the newest ones are there")

    tab(page, "Failed").click()
    wait_for_rows(page, lambda: truth(table, filters={"group": "failed"}), "the failed ones are there, old ones too")


@pytest.mark.usefixtures("many")
def test_a_text_is_found_also_in_arguments_and_a_link_shows_the_same(
    web: Service, page: Page, new_page: Callable[..., Page], table: Table
) -> None:
    screen.open_page(page, web.url)
    page.keyboard.press("/")
    page.keyboard.type("c0042")
    expect(screen.row(page, "order-0042")).to_be_visible()
    expect(page.locator(".task-board-found")).to_have_text("1 task matches.")
    expect(page).to_have_url(f"{web.url}/?q=c0042")

    search(page).fill("")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Queue").select_option("slow")
    page.get_by_label("Order").select_option("Oldest first")
    tab(page, "Queued").click()
    slow = {"group": "queued", "queue": "slow"}
    wait_for_rows(page, lambda: truth(table, filters=slow, oldest_first=True), "the slow queue's oldest are there")
    other = screen.open_page(new_page(), page.url)
    wait_until(lambda: listed(other) == listed(page), 10, "a link shows the same")
    expect(other.get_by_label("Queue")).to_have_value("slow")


@pytest.mark.usefixtures("many")
def test_back_goes_to_what_was_asked_before(web: Service, page: Page, table: Table) -> None:
    screen.open_page(page, web.url)
    tab(page, "Failed").click()
    search(page).press_sequentially("order-1", delay=20)
    expect(page).to_have_url(f"{web.url}/?state=failed&q=order-1")
    wait_for_rows(page, lambda: truth(table, filters={"group": "failed"}, text="order-1"), "both are asked for")
    page.go_back()
    expect(search(page)).to_have_value("")
    wait_for_rows(page, lambda: truth(table, filters={"group": "failed"}), "the text is gone")
    page.go_back()
    expect(tab(page, "All")).to_have_attribute("aria-pressed", "true")
    wait_for_rows(page, lambda: truth(table), "all are there again")
    assert screen.was_never_reloaded(page)


@pytest.mark.usefixtures("many")
def test_what_comes_to_match_comes_and_what_does_not_goes(web: Service, page: Page, table: Table, log: Log) -> None:
    screen.open_page(page, f"{web.url}/?state=running&queue=fast")
    running = {"group": "running", "queue": "fast"}
    wait_for_rows(page, lambda: truth(table, filters=running), "the running ones are there")
    for number in range(0, TASKS, 4):
        log.append_all([started(f"order-{number:04}")])
        if number % 20 == 0:
            log.append_all([failed(f"order-{number:04}")])
    log.append_all([*life(10, "new"), *life(20, "new"), *life(21, "new")])
    assert truth(table, filters=running)[:2] == ["new-0020", "new-0010"], "void: nothing new matches"
    wait_for_rows(page, lambda: truth(table, filters=running), "all moves are seen")

    search(page).fill("C0004")
    wait_until(lambda: listed(page) == ["order-0004"], 10, "it is found")
    log.append_all(life(4, "C0004-again"))
    log.append(events.sent("by-argument", "shop.pack", "fast", kwargs="{'customer': 'C0004'}"))
    log.append(started("by-argument"))
    wait_until(lambda: listed(page) == ["by-argument", "order-0004"], 10, "a new one with that argument comes")
    log.append(failed("order-0004"))
    wait_until(lambda: listed(page) == ["by-argument"], 10, "what has failed goes")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("asked", ["state=failed", "q=order-0&order=oldest"])
def test_a_filtered_list_is_exact_after_an_outage_and_on_another_log(
    web: Service,
    page: Page,
    table: Table,
    log: Log,
    redis_client: redis.Redis,
    asked: str,
    recorded: Callable[[Page], Recording],
) -> None:
    query = {"state=failed": {"filters": {"group": "failed"}}}.get(asked, {"text": "order-0", "oldest_first": True})
    recorded(page).allow("ERR_CONNECTION", "502|503")  # the next page may be asked for while the web is away
    screen.open_page(page, f"{web.url}/?{asked}")
    wait_for_rows(page, lambda: truth(table, **query), "it is there")
    web.kill()
    expect(screen.standing(page)).not_to_have_text(screen.LIVE)
    for number in range(5, 1_000, 10):
        log.append_all([started(f"order-{number:04}"), failed(f"order-{number:04}")])
    web.start()
    expect(screen.standing(page)).to_have_text(screen.LIVE, timeout=20_000)
    wait_for_rows(page, lambda: truth(table, **query), "what happened meanwhile is seen")

    redis_client.flushall()
    for number in range(0, 300, 7):
        log.append_all([*life(number), started(f"order-{number:04}"), failed(f"order-{number:04}")])
    wait_for_rows(page, lambda: truth(table, **query), "the new log's tasks are seen, no old ones")
    assert screen.was_never_reloaded(page)


def test_where_nothing_is_found_the_page_says_what_to_do(web: Service, page: Page, log: Log) -> None:
    screen.open_page(page, f"{web.url}/?q=nothing+like+this&queue=gone")
    expect(page.locator(".task-board-found")).to_have_text("No tasks match.")
    expect(page.get_by_text("Look under another tab")).to_be_visible()
    log.append(events.sent("t1", "nothing like this", "gone"))
    expect(screen.row(page, "t1")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(search(page)).to_be_focused()
    expect(page).to_have_url(f"{web.url}/")


def test_nobody_asks_for_a_list_that_does_not_change(
    web: Service, page: Page, log: Log, recorded: Callable[[Page], Recording]
) -> None:
    log.append_all(life(10))
    screen.open_page(page, f"{web.url}/?q=C0010")
    expect(screen.row(page, "order-0010")).to_be_visible()
    before = [one for one in recorded(page).requests if "/api/" in one]
    assert before, "void: nothing was asked for"
    for step in range(40):
        log.append(events.progressed("order-0010", "r1", 1, states.PROGRESS, {"current": step, "total": 40}))
        page.wait_for_timeout(50)
    expect(screen.row(page, "order-0010").locator(".task-row-percent")).to_have_text("97%")
    after = [one for one in recorded(page).requests if "/api/" in one]
    assert after == before, json.dumps(after)

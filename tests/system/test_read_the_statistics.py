"""A person on call reads how much was done, what failed, and how long it took."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from launcher.redis_server import RedisServer
from tests.processes import Service
from tests.system import screen
from worker.store import Table

StartWorker = Callable[..., Service]


def summary(page: Page, span: str) -> Locator:
    return page.get_by_role("region", name=span, exact=True).locator(".statistics-summary")


def test_the_charts_say_what_happens_while_it_happens(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    page.goto(web.url)
    page.get_by_role("link", name="Statistics").click()
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    page.evaluate("window.neverReloaded = true")
    minutes = summary(page, "Last 15 minutes")
    expect(minutes).to_have_text("Unknown: nothing has been counted yet")
    expect(page.get_by_text("No run has succeeded yet.")).to_be_visible()

    done = [screen.send_task(redis_url, "trial.count", total=3, pause_s=0.1) for _ in range(4)]
    bad = screen.send_task(redis_url, "trial.count", fail=True)
    screen.wait_for_end(table, *done, bad)
    for span in ("Last 15 minutes", "Last 24 hours"):
        expect(summary(page, span)).to_contain_text("4 succeeded, 1 failed, 5 started; unknown before")
    chart = page.get_by_role("img", name=re.compile("^Last 15 minutes: 4 succeeded, 1 failed"))
    expect(chart).to_be_visible()
    expect(chart.locator('[data-group="failed"]')).not_to_have_count(0)
    expect(chart.locator('[data-group="unknown"]')).not_to_have_count(0)

    row = page.get_by_role("listitem").filter(has_text="trial.count")
    expect(row.locator(".times-row-figures")).to_have_text(re.compile(r"^4 runs · median .*s · 95% within .*s$"))
    assert screen.was_never_reloaded(page)


def test_each_bar_can_be_read_by_keyboard_and_as_a_table(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    screen.wait_for_end(table, screen.send_task(redis_url, "trial.count", total=1, pause_s=0))
    screen.open_page(page, f"{web.url}/statistics")
    hours = page.get_by_role("region", name="Last 24 hours", exact=True)
    slider = hours.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d\d:\d\d: unknown$"))
    expect(hours.locator("output")).to_have_text(re.compile("unknown$"))
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r": 1 succeeded, 0 failed, 1 started$"))
    hours.get_by_text("As a table").click()
    expect(hours.locator("tbody tr")).to_have_count(1)
    expect(hours.locator("tbody td").first).to_have_text("1")


def test_the_figures_come_back_with_redis(
    start_web: Callable[..., Service], own_redis: RedisServer, page: Page, redis_url: str
) -> None:
    web = start_web(REDIS_URL=own_redis.url)
    screen.open_page(page, f"{web.url}/statistics")
    own_redis.stop()
    expect(screen.standing(page)).not_to_have_text(screen.LIVE)  # void: it has not noticed
    own_redis.restart()
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    expect(summary(page, "Last 15 minutes")).to_have_text("Unknown: nothing has been counted yet")

"""A person asks to be told when a task is done, and is: once, in this browser or by e-mail."""

from collections.abc import Callable
from typing import Any

import celery
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.system import axe, screen
from tests.system.test_watch_from_many_tabs import WAYS
from worker.store import Table

ADDRESS = "ada@example.com"
BUTTON = "Tell me when it is done"

COUNTED = """
    window.Notification = class extends Notification {
        constructor(title, options) {
            super(title, options);
            window.rung(title, options.body);
            window.notice = this;
        }
    };
"""
"""Real notifications, counted; `notice` is the newest."""


@pytest.fixture
def send(redis_url: str) -> Callable[..., str]:
    app = celery.Celery(broker=redis_url, backend=None)
    return lambda name, *args, **kwargs: str(app.send_task(name, args, kwargs).id)


@pytest.fixture
def rung(context: BrowserContext) -> list[tuple[str, str]]:
    """Title and text of each notification of this browser."""
    found: list[tuple[str, str]] = []
    context.expose_function("rung", lambda title, body: found.append((title, body)))
    context.add_init_script(COUNTED)
    return found


def wait_for(tmp_path: Any, send: Callable[..., str], table: Table) -> tuple[str, Callable[[], None]]:
    """A task that runs until it is let go."""
    path = tmp_path / "go"
    task_id = send("trial.end_after", str(path))
    wait_until(lambda: (table.row(task_id) or {}).get("state") in ("STARTED", "PROGRESS"), 10, "it runs")
    return task_id, path.touch


def heard(page: Page, rung: list[tuple[str, str]]) -> bool:
    """Whether it has rung; the browser's calls come in only while something is asked of it."""
    page.wait_for_timeout(10)
    return bool(rung)


def button(page: Page, name: str = BUTTON) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def said(page: Page) -> Locator:
    return page.locator(".telling-request-line")


def ask_for_mail(page: Page, address: str) -> None:
    page.get_by_label("E-mail, if no tab of this browser is open then").fill(address)
    button(page, "Send it there").click()


@pytest.mark.parametrize("way", WAYS)
def test_one_of_many_tabs_rings_and_no_mail_goes_out(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    send: Callable[..., str],
    rung: list[tuple[str, str]],
    smtp_server: SmtpServer,
    tmp_path: Any,
    way: str,
) -> None:
    context.grant_permissions(["notifications"])
    context.add_init_script(WAYS[way])
    task_id, let_go = wait_for(tmp_path, send, table)
    pages = [f"{web.url}/tasks/{task_id}", web.url, f"{web.url}/workers", f"{web.url}/tasks/{task_id}"]
    tabs = [screen.open_page(context.new_page(), url) for url in pages]
    button(tabs[0]).click()
    expect(said(tabs[0])).to_contain_text("A notification will tell you, once")
    expect(button(tabs[0], "Do not tell me")).to_be_focused()
    expect(button(tabs[3], "Do not tell me")).to_be_visible()
    ask_for_mail(tabs[0], ADDRESS)
    expect(said(tabs[0])).to_contain_text(f"An e-mail goes to {ADDRESS}")
    tabs[0].close()
    let_go()
    wait_until(lambda: heard(tabs[1], rung), 10, "it rings")
    tabs[0] = screen.open_page(context.new_page(), web.url)
    tabs[1].wait_for_timeout(3_000)
    [(title, body)] = rung
    assert (title, body.splitlines()[0]) == ("Succeeded: trial.end_after", "the file is there")
    expect(button(tabs[3])).to_be_hidden()
    assert not smtp_server.mails


def test_a_click_opens_the_task_or_the_tab_that_shows_it(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    send: Callable[..., str],
    rung: list[tuple[str, str]],
    tmp_path: Any,
) -> None:
    context.grant_permissions(["notifications"])
    task_id, let_go = wait_for(tmp_path, send, table)
    page = screen.open_page(context.new_page(), f"{web.url}/tasks/{task_id}")
    button(page).click()
    page.goto(web.url)
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    let_go()
    wait_until(lambda: heard(page, rung), 10, "it rings")
    with context.expect_page() as opened:
        page.evaluate("notice.dispatchEvent(new Event('click'))")
    expect(screen.state(opened.value.locator("task-detail"))).to_have_text("Succeeded")
    assert opened.value.url == f"{web.url}/tasks/{task_id}"


def test_who_refuses_notifications_hears_so_and_gets_an_e_mail_when_all_tabs_are_closed(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    new_context: Callable[..., BrowserContext],
    send: Callable[..., str],
    smtp_server: SmtpServer,
    tmp_path: Any,
) -> None:
    context.add_init_script("Object.defineProperty(Notification, 'permission', {value: 'denied'})")
    task_id, let_go = wait_for(tmp_path, send, table)
    page = screen.open_page(context.new_page(), f"{web.url}/tasks/{task_id}")
    page.get_by_role("button", name=BUTTON).press("Enter")
    expect(said(page)).to_contain_text("This browser does not allow this site to notify you.")
    ask_for_mail(page, "ada")
    expect(page.get_by_role("alert")).to_have_text("The address has no @ in it.")
    expect(page.get_by_label("E-mail, if no tab")).to_be_focused()
    assert axe.found(page) == []
    ask_for_mail(page, ADDRESS)
    expect(said(page)).to_contain_text(f"An e-mail goes to {ADDRESS}")
    expect(page.get_by_role("alert")).to_be_hidden()
    other = screen.open_page(new_context().new_page(), f"{web.url}/tasks/{task_id}")
    page.reload()
    expect(said(page)).to_contain_text(f"An e-mail goes to {ADDRESS}")
    page.close()
    let_go()
    wait_until(lambda: smtp_server.sent_to(ADDRESS), 40, "the mail is there")
    assert f"{web.url}/tasks/{task_id}" in smtp_server.mails[0].text
    expect(button(other)).to_be_hidden()
    again = screen.open_page(context.new_page(), f"{web.url}/tasks/{send('trial.end_after', str(tmp_path / 'no'))}")
    expect(again.get_by_label("E-mail, if no tab")).to_have_value(ADDRESS)
    assert len(smtp_server.mails) == 1


def test_what_is_taken_back_is_not_told(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    send: Callable[..., str],
    rung: list[tuple[str, str]],
    redis_url: str,
    tmp_path: Any,
) -> None:
    context.grant_permissions(["notifications"])
    task_id, let_go = wait_for(tmp_path, send, table)
    page = screen.open_page(context.new_page(), f"{web.url}/tasks/{task_id}")
    button(page).click()
    ask_for_mail(page, ADDRESS)
    wait_until(lambda: table.client.zcard("{pushboard}:tellings") == 1, 5, "it is asked for")
    button(page, "Do not tell me").click()
    expect(button(page)).to_be_focused()
    wait_until(lambda: table.client.zcard("{pushboard}:tellings") == 0, 5, "it is taken back")
    let_go()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    page.wait_for_timeout(1_500)
    assert not rung

"""A person sends a test e-mail; whether it went out is seen on the page."""

from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.system import screen
from worker.store import Table

ADDRESS = "ada@example.com"


def test_send_is_answered_at_once_and_the_mail_arrives(
    web: Service, worker: Service, table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    submit(page, web, "Send")
    expect(page.get_by_text(f"Sending email to {ADDRESS}")).to_be_visible()
    expect(page.get_by_label("Send it to")).to_have_value(ADDRESS)
    task_id = only_task(table)
    expect(screen.state(screen.row(page, task_id))).to_have_text("Succeeded")
    (mail,) = smtp_server.sent_to(ADDRESS)
    assert mail.sender == "pushboard@example.com"
    assert mail.text.strip() == "This is a test email sent from a background Celery task."
    screen.assert_board_is_exact(page, table, task_id)

    page.reload()
    expect(page.get_by_text(f"Sending email to {ADDRESS}")).to_have_count(0)
    expect(page.get_by_label("Send it to")).to_have_value(ADDRESS)


def test_send_in_1_minute_shows_when_it_starts(
    web: Service, worker: Service, table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    submit(page, web, "Send in 1 minute")
    expect(page.get_by_text(f"An email will be sent to {ADDRESS} in one minute")).to_be_visible()
    expect(page.get_by_label("Send it to")).to_have_value(ADDRESS)
    row = screen.row(page, only_task(table))
    expect(screen.state(row)).to_have_text("Queued")
    expect(row.locator(".task-row-note")).to_contain_text("Starts in 0:5")
    assert not smtp_server.mails


def test_a_refused_recipient_is_seen_with_the_mail_servers_reason(
    web: Service, worker: Service, table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    smtp_server.refused = {ADDRESS}
    submit(page, web, "Send")
    task_id = only_task(table)
    row = screen.row(page, task_id)
    expect(screen.state(row)).to_have_text("Failed")
    expect(row.locator(".task-row-note")).to_contain_text("No such user here")
    row.locator("a").click()
    expect(page.locator(".task-detail-error")).to_contain_text("550 5.1.1 No such user here")
    screen.assert_task_page_is_exact(page, table, task_id)


def test_a_mail_put_off_is_shown_as_retrying_and_goes_out_in_the_end(
    web: Service, worker: Service, table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    smtp_server.later[ADDRESS] = 1_000
    submit(page, web, "Send")
    task_id = only_task(table)
    expect(screen.state(screen.row(page, task_id))).to_have_text("Retrying")
    smtp_server.later[ADDRESS] = 0
    expect(screen.state(screen.row(page, task_id))).to_have_text("Succeeded")
    shown = screen.seen_of(page, task_id, "state")
    assert "Retrying" in shown and shown[-1] == "Succeeded", shown
    notes = screen.seen_of(page, task_id, "note")
    assert any("Try again later" in note for note in notes), notes
    assert len(smtp_server.sent_to(ADDRESS)) == 1
    screen.assert_board_is_exact(page, table, task_id)


def test_an_address_that_is_none_starts_nothing(
    web: Service, table: Table, page: Page, recordings: dict[Page, Recording]
) -> None:
    page.goto(web.url)
    page.locator("#run form").first.evaluate("form => form.noValidate = true")
    page.get_by_label("Send it to").fill("ada@example.com, eve@example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert table.board().rows == []


def submit(page: Page, web: Service, button: str) -> None:
    screen.open_page(page, web.url)
    page.get_by_label("Send it to").fill(ADDRESS)
    page.get_by_role("button", name=button, exact=True).click()
    expect(screen.standing(page)).to_have_text(screen.LIVE)


def only_task(table: Table) -> str:
    wait_until(lambda: table.board().rows, what="a task is on the board")
    (row,) = table.board().rows
    return str(row["task_id"])

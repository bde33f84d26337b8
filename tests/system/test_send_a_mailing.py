"""A person sends a mailing from a list and follows what becomes of each recipient."""

import csv
import io
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.system import screen
from worker.store import Table

BAD_LIST = "email,name\nada@example.com,Ada\nnobody,Bob\ncarl@example.com,Carl,extra\nada@example.com,Ada again\n"


def test_bad_rows_are_named_by_their_line_and_nothing_is_started(
    web: Service, table: Table, smtp_server: SmtpServer, page: Page, recordings: dict[Page, Recording]
) -> None:
    recordings[page].allow("400")
    fill_in(page, web, BAD_LIST)
    page.get_by_role("button", name="Send the mailing").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was sent. 3 things need a change")
    lines = [text.split(":")[0] for text in alert.get_by_role("listitem").all_inner_texts()]
    assert lines == ["Line 3", "Line 4", "Line 5"]
    expect(alert).to_be_focused()
    expect(page.get_by_label("Subject")).to_have_value("Hello {{ name }}")
    assert table.board().rows == [] and not smtp_server.mails

    page.get_by_label("Paste the list").fill("name,address\nAda,ada@example.com\n")
    page.get_by_role("button", name="Send the mailing").click()
    expect(alert).to_contain_text("one of them must be email")
    assert table.board().rows == []


def test_a_list_is_sent_live_and_once_though_the_button_is_pressed_thrice(
    web: Service, worker: Service, table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    smtp_server.refused = {"r3@example.com"}
    smtp_server.later["r5@example.com"] = 1
    smtp_server.delay_s = 0.05
    fill_in(page, web, recipients(20))
    press_thrice(page)
    task_id = watched_mailing(page)
    expect(page.locator(".result-card-words")).to_have_text("19 sent, 1 refused, 0 not known", timeout=20_000)
    expect(page.locator(".result-card-value")).to_contain_text("Line 5: r3@example.com: ")
    percents = [int(text.rstrip("%")) for text in screen.seen_of(page, task_id, "percent")]
    assert percents == sorted(percents) and len(percents) >= 5, percents
    screen.assert_task_page_is_exact(page, table, task_id)

    outcomes = downloaded(page)
    assert [row["outcome"] for row in outcomes].count("sent") == 19
    refused = next(row for row in outcomes if row["email"] == "r3@example.com")
    assert (refused["line"], refused["outcome"]) == ("5", "refused") and "No such user here" in refused["reason"]
    (row,) = table.board().rows
    assert row["attempt"] == 1, "another press started it again"
    assert smtp_server.times_sent() == {f"r{place}@example.com": 1 for place in range(20) if place != 3}
    assert {mail.subject for mail in smtp_server.sent_to("r7@example.com")} == {"Hello Reader 7"}


def test_500_recipients_get_one_mail_each_though_the_worker_is_killed_in_the_middle(
    web: Service, start_worker: Callable[..., Service], table: Table, smtp_server: SmtpServer, page: Page
) -> None:
    worker = start_worker("--concurrency=2", MAIL_RETRY_S="1")
    addresses = [f"r{place}@example.com" for place in range(500)]
    smtp_server.refused = set(addresses[7::50])
    smtp_server.later.update({address: 1 for address in addresses[9::50]})
    smtp_server.delay_s = 0.002
    fill_in(page, web, recipients(500))
    page.get_by_role("button", name="Send the mailing").click()
    task_id = watched_mailing(page)
    page.evaluate("window.neverReloaded = true")
    wait_until(lambda: len(smtp_server.mails) >= 200, 30, "200 mails are out")
    worker.kill()
    assert len(smtp_server.mails) < 450, "void: it was as good as over"
    worker.start()

    expect(page.locator(".result-card-words")).to_be_visible(timeout=45_000)
    outcomes = downloaded(page)
    of = {
        name: {row["email"] for row in outcomes if row["outcome"] == name} for name in ("sent", "refused", "not known")
    }
    numbers = {name: len(emails) for name, emails in of.items()}
    words = f"{numbers['sent']} sent, {numbers['refused']} refused, {numbers['not known']} not known"
    expect(page.locator(".result-card-words")).to_have_text(words)
    assert sum(numbers.values()) == len(outcomes) == 500
    assert of["refused"] == smtp_server.refused
    assert len(of["not known"]) <= 1
    got = smtp_server.times_sent()
    assert set(got.values()) == {1}, "somebody got it twice"
    assert of["sent"] <= set(got) <= of["sent"] | of["not known"]
    row = table.row(task_id)
    assert row and row["attempt"] == 2 and row["state"] == "SUCCESS"
    assert screen.was_never_reloaded(page)
    screen.assert_task_page_is_exact(page, table, task_id)
    worker.kill()  # what follows need not wait for it


SEND_TWICE = """async () => {
    const form = document.querySelector(".mailing-form");
    const send = () => fetch(form.action, {method: "POST", body: new FormData(form)});
    return (await Promise.all([send(), send()])).map(answer => answer.status);
}"""


def press_thrice(page: Page) -> None:
    """Twice at the same moment, as no browser lets a hand do it, and once more by hand."""
    assert page.evaluate(SEND_TWICE) == [200, 200], "void: it was not sent twice"
    page.get_by_role("button", name="Send the mailing").click()


def fill_in(page: Page, web: Service, listed: str) -> None:
    page.goto(f"{web.url}/mailings/new")
    page.get_by_label("Subject").fill("Hello {{ name }}")
    page.get_by_label("Text").fill("Dear {{ name }},\nthis is for {{ email }}.")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": listed.encode()}
    page.get_by_label("or choose a CSV file").set_input_files(file)  # type: ignore[arg-type]


def recipients(number: int) -> str:
    return "email,name\n" + "".join(f"r{place}@example.com,Reader {place}\n" for place in range(number))


def watched_mailing(page: Page) -> str:
    """The id of the mailing whose page has opened."""
    page.wait_for_url("**/tasks/*")
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    return page.url.rpartition("/")[2]


def downloaded(page: Page) -> list[dict[str, str]]:
    """The rows of the CSV that the page offers."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Recipients as CSV").click()
    return list(csv.DictReader(io.StringIO(download.value.path().read_text())))

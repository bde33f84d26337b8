"""A mailing by a real worker: everyone gets one mail, whatever the mail server says and whoever dies."""

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import redis

from launcher.ports import free_port
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker.celery_app import celery_app
from worker.ledger import DEFERRED, NOT_KNOWN, REFUSED, SENT, Claim, Ledger, Recipient
from worker.store import Table
from worker.stream import connect

StartWorker = Callable[..., Service]
QUICK = {"MAIL_RETRY_S": "1", "MAIL_TIMEOUT_S": "2"}


def address(number: int) -> str:
    return f"r{number}@example.com"


@pytest.fixture
def table(redis_url: str) -> Table:
    return Table(connect(redis_url))


@pytest.fixture
def queue(redis_url: str) -> Iterable[Callable[[str], None]]:
    """Put a mailing's task on the queue, as the web does."""
    with celery_app.connection_for_write(redis_url) as connection:
        yield lambda mailing_id: celery_app.send_task(
            "mail.send_mailing", [mailing_id], task_id=mailing_id, connection=connection, ignore_result=True
        )


@pytest.fixture
def mailing(redis_client: "redis.Redis") -> Callable[[int], Ledger]:
    """Write down a mailing to this many recipients."""

    def create(size: int) -> Ledger:
        ledger = Ledger(redis_client, str(uuid.uuid4()))
        rows = [
            Recipient(number + 1, address(number), {"email": address(number), "name": f"No. {number}"})
            for number in range(1, size + 1)
        ]
        assert ledger.create("Hello {{ name }}", "Dear {{ name }},\nyou have mail.\n", ["email", "name"], rows)
        return ledger

    return create


def ended(table: Table, ledger: Ledger, timeout_s: float = 60) -> dict[str, Any]:
    """The task's row when it has come to an end."""
    wait_until(lambda: (table.row(ledger.mailing_id) or {}).get("ended_at"), timeout_s, "the mailing has ended")
    row = table.row(ledger.mailing_id)
    assert row
    return row


def by_outcome(ledger: Ledger) -> dict[str, dict[str, Claim]]:
    found: dict[str, dict[str, Claim]] = {}
    for recipient, claim in ledger.outcomes():
        assert claim, f"{recipient.email} was never tried"
        found.setdefault(claim.outcome, {})[recipient.email] = claim
    return found


def test_500_recipients_some_refused_for_good_and_some_for_now(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    smtp_server: SmtpServer,
    table: Table,
) -> None:
    refused, later, never = {address(n) for n in range(7, 500, 50)}, [address(n) for n in (3, 30, 300)], address(400)
    smtp_server.refused |= refused
    smtp_server.later.update({**dict.fromkeys(later, 2), never: 99})
    smtp_server.hang_up_on.add(address(250))
    smtp_server.drop_every = 90
    start_worker("--concurrency=1", **QUICK)
    ledger = mailing(500)
    queue(ledger.mailing_id)
    row = ended(table, ledger)

    assert row["state"] == "SUCCESS", row
    found = by_outcome(ledger)
    assert set(found[REFUSED]) == refused | {never}
    assert found[REFUSED][address(7)].reason == "550 5.1.1 No such user here"
    assert found[REFUSED][never].reason == "gave up after 4 tries: 450 4.2.1 Try again later"
    assert {found[SENT][email].tries for email in later} == {2}
    unsure = set(found.get(NOT_KNOWN, {}))
    assert address(250) in unsure
    assert set(found[SENT]) == {address(n) for n in range(1, 501)} - refused - {never} - unsure
    times = smtp_server.times_sent()
    assert set(times) >= set(found[SENT])
    assert set(times.values()) == {1}
    assert row["result"]["sent"] == len(found[SENT])
    assert {"refused": 11, "total": 500}.items() <= row["result"].items()
    assert row["result"]["refused_examples"][0] == {
        "line": 8,
        "email": address(7),
        "reason": "550 5.1.1 No such user here",
    }
    assert (row["current"], row["total"]) == (500, 500)
    mail = smtp_server.sent_to(address(30))[0]
    assert (mail.subject, mail.text.splitlines()[0]) == ("Hello No. 30", "Dear No. 30,")


def test_a_worker_killed_in_the_middle_and_started_again_sends_to_nobody_twice(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    smtp_server: SmtpServer,
    table: Table,
) -> None:
    smtp_server.refused |= {address(20), address(480)}
    smtp_server.delay_s = 0.005
    worker = start_worker("--concurrency=2", **QUICK)
    ledger = mailing(500)
    queue(ledger.mailing_id)
    for limit in (100, 300):
        wait_until(lambda limit=limit: len(smtp_server.mails) >= limit, 60, f"{limit} mails are there")
        worker.kill()
        assert len(smtp_server.mails) < 490, "void: the mailing was over before the kill"
        worker.start()
    row = ended(table, ledger, 90)

    assert row["state"] == "SUCCESS", row
    assert row["attempt"] == 3
    found = by_outcome(ledger)
    unsure = set(found.get(NOT_KNOWN, {}))
    assert len(unsure) <= 2
    assert set(found[REFUSED]) == {address(20), address(480)}
    assert set(found[SENT]) == {address(n) for n in range(1, 501)} - unsure - set(found[REFUSED])
    times = smtp_server.times_sent()
    assert set(found[SENT]) <= set(times) <= set(found[SENT]) | unsure
    assert set(times.values()) == {1}


def test_two_deliveries_at_once_send_to_nobody_twice(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    smtp_server: SmtpServer,
    table: Table,
) -> None:
    smtp_server.delay_s = 0.02
    start_worker("--concurrency=2", **QUICK)
    ledger = mailing(100)
    queue(ledger.mailing_id)
    wait_until(lambda: len(smtp_server.mails) > 10, 20, "the first has begun")
    queue(ledger.mailing_id)
    row = ended(table, ledger)

    assert row["state"] == "SUCCESS", row
    assert row["result"]["sent"] + row["result"]["not_known"] == 100
    assert set(smtp_server.times_sent().values()) == {1}
    assert len(smtp_server.times_sent()) >= 99


def test_it_waits_for_a_mail_server_that_is_away(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    table: Table,
) -> None:
    server = SmtpServer()
    start_worker("--concurrency=1", **QUICK, MAIL_PORT=str(server.port))
    ledger = mailing(20)
    queue(ledger.mailing_id)
    wait_until(lambda: "does not answer" in str((table.row(ledger.mailing_id) or {}).get("note")), 20, "it waits")
    server.start()
    try:
        assert ended(table, ledger)["result"]["sent"] == 20
    finally:
        server.stop()


def test_it_ends_and_says_how_far_it_got_if_the_mail_server_stays_away(
    mailing: Callable[[int], Ledger], queue: Callable[[str], None], start_worker: StartWorker, table: Table
) -> None:
    start_worker("--concurrency=1", **QUICK, MAIL_PORT=str(free_port()), MAIL_PATIENCE_S="1")
    ledger = mailing(20)
    queue(ledger.mailing_id)
    row = ended(table, ledger)
    assert row["state"] == "FAILURE"
    assert "Gave up after 1 s" in row["error"]
    assert "Of 20 recipients: none sent; 20 were not sent to." in row["error"]


def test_a_password_that_is_not_accepted_ends_it_at_once(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    smtp_server: SmtpServer,
    table: Table,
) -> None:
    worker = start_worker("--concurrency=1", **QUICK, MAIL_USERNAME="ada", MAIL_PASSWORD="open sesame")
    ledger = mailing(3)
    queue(ledger.mailing_id)
    row = ended(table, ledger)
    assert row["state"] == "FAILURE"
    assert "3 were not sent to" in row["error"]
    assert "open sesame" not in json.dumps(row) + worker.log()


def test_an_unknown_mailing_ends_with_a_plain_sentence(
    queue: Callable[[str], None], start_worker: StartWorker, redis_client: "redis.Redis", table: Table
) -> None:
    start_worker("--concurrency=1", **QUICK)
    ledger = Ledger(redis_client, str(uuid.uuid4()))
    queue(ledger.mailing_id)
    row = ended(table, ledger)
    assert (row["state"], row["error"]) == (
        "FAILURE",
        "UnknownMailing: This mailing is not known here, or it has expired.",
    )


def test_who_was_put_off_when_the_worker_died_is_tried_again(
    mailing: Callable[[int], Ledger],
    queue: Callable[[str], None],
    start_worker: StartWorker,
    smtp_server: SmtpServer,
    table: Table,
) -> None:
    ledger = mailing(2)
    ledger.take_over("a run that died")
    claim = Claim("sending", "a run that died", 1)
    assert ledger.begin(0, claim)
    assert ledger.end(0, Claim(DEFERRED, "a run that died", 1, 1, "450 later"))
    start_worker("--concurrency=1", **QUICK)
    queue(ledger.mailing_id)
    assert ended(table, ledger)["result"]["sent"] == 2
    assert smtp_server.times_sent() == {address(1): 1, address(2): 1}

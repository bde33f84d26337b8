"""A mailing that cannot go on waits, or ends and says how far it got."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

from launcher.ports import free_port
from launcher.redis_server import RedisServer
from tests.mailings import Mailings, by_outcome
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker.config import Settings
from worker.delivery import Delivery
from worker.ledger import SENT
from worker.mail import Mailer

StartWorker = Callable[..., Service]


def test_it_waits_for_a_mail_server_that_is_away(mailings: Mailings, mail_worker: StartWorker) -> None:
    server = SmtpServer()
    mail_worker(MAIL_PORT=str(server.port))
    ledger = mailings.write_down(20)
    mailings.queue(ledger)
    wait_until(lambda: "does not answer" in str(mailings.row(ledger).get("note")), 20, "it waits and says so")
    server.start()
    try:
        assert mailings.ended(ledger)["result"]["sent"] == 20
    finally:
        server.stop()


def test_it_ends_if_the_mail_server_stays_away(mailings: Mailings, mail_worker: StartWorker) -> None:
    mail_worker(MAIL_PORT=str(free_port()), MAIL_PATIENCE_S="1")
    ledger = mailings.write_down(20)
    mailings.queue(ledger)
    row = mailings.ended(ledger)
    assert row["state"] == "FAILURE"
    assert "Gave up after 1 s" in row["error"]
    assert "Of 20 recipients: none sent; 20 were not sent to." in row["error"]


def test_a_password_that_is_not_accepted_ends_it_at_once(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    worker = mail_worker(MAIL_USERNAME="ada", MAIL_PASSWORD="open sesame")
    ledger = mailings.write_down(3)
    mailings.queue(ledger)
    row = mailings.ended(ledger)
    assert row["state"] == "FAILURE"
    assert "3 were not sent to" in row["error"]
    assert "open sesame" not in json.dumps(row) + worker.log()


def test_an_unknown_mailing_ends_with_a_plain_sentence(mailings: Mailings, mail_worker: StartWorker) -> None:
    mail_worker()
    ledger = mailings.unknown()
    mailings.queue(ledger)
    row = mailings.ended(ledger)
    said = "UnknownMailing: This mailing is not known here, or it has expired."
    assert (row["state"], row["error"]) == ("FAILURE", said)


def test_a_restart_of_redis_in_the_middle_loses_no_outcome(tmp_path: Path, smtp_server: SmtpServer) -> None:
    smtp_server.delay_s = 0.02
    config = Settings(mail_port=smtp_server.port)
    with RedisServer.start(tmp_path) as server, Mailings(server.url) as mailings, Mailer(config) as mailer:
        ledger = mailings.write_down(100)
        delivery = Delivery(ledger, mailer, config)
        thread = threading.Thread(target=delivery.run)
        thread.start()
        wait_until(lambda: len(smtp_server.mails) > 20, 20, "it has begun")
        server.kill()
        wait_until(lambda: not server.is_alive(), 5, "Redis is gone")
        mails = len(smtp_server.mails)
        server.restart()
        thread.join(30)
        assert mails < 100, "void: it was over before Redis was killed"
        assert {outcome: len(claims) for outcome, claims in by_outcome(ledger).items()} == {SENT: 100}
        assert set(smtp_server.times_sent().values()) == {1}

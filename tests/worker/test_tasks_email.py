"""The test e-mail by a real worker: sent once, tried again for what passes, and told when it fails."""

from collections.abc import Callable

from launcher.ports import free_port
from tests.mailings import Mailings, Sent
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker.config import settings
from worker.tasks.email import LONGEST_WAIT_S, wait_s

StartWorker = Callable[..., Service]
EMAIL = {"subject": "Hello", "to": "ada@example.com", "body": "Test"}


def send(mailings: Mailings, email: object) -> Sent:
    return mailings.send("mail.send_test_email", [email])


def test_a_mail_is_sent_once(mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer) -> None:
    mail_worker()
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["result"]) == ("SUCCESS", "Sent to ada@example.com")
    assert [(mail.to, mail.subject, mail.text.strip()) for mail in smtp_server.mails] == [
        (["ada@example.com"], "Hello", "Test")
    ]


def test_what_is_refused_for_now_is_tried_again(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.later["ada@example.com"] = 2
    mail_worker()
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["retries"]) == ("SUCCESS", 2)
    assert len(smtp_server.mails) == 1


def test_a_retry_says_why(mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer) -> None:
    smtp_server.later["ada@example.com"] = 99
    mail_worker(MAIL_RETRY_S="20")
    sent = send(mailings, EMAIL)
    wait_until(lambda: sent.row().get("state") == "RETRY", 20, "it waits for its retry")
    assert "450 4.2.1 Try again later" in sent.row()["note"]


def test_after_five_retries_it_fails_with_the_reason(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.later["ada@example.com"] = 99
    mail_worker(MAIL_RETRY_S="0.1")
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["error"]) == ("FAILURE", "MailDeferred: 450 4.2.1 Try again later")
    assert smtp_server.later["ada@example.com"] == 99 - 6
    assert not smtp_server.mails


def test_what_is_refused_for_good_fails_at_once(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.refused.add("ada@example.com")
    mail_worker()
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["retries"]) == ("FAILURE", 0)
    assert row["error"] == "MailRefused: 550 5.1.1 No such user here"


def test_what_may_have_gone_out_is_not_sent_again(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.hang_up_on.add("ada@example.com")
    mail_worker()
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["retries"]) == ("FAILURE", 0)
    assert "may or may not have gone out" in row["error"]
    assert len(smtp_server.mails) == 1


def test_a_mail_server_that_is_away_is_tried_again_and_then_told(mailings: Mailings, mail_worker: StartWorker) -> None:
    mail_worker(MAIL_RETRY_S="0.1", MAIL_PORT=str(free_port()))
    row = send(mailings, EMAIL).ended()
    assert (row["state"], row["retries"]) == ("FAILURE", 5)
    assert "does not answer" in row["error"]


def test_what_is_no_mail_is_refused(mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer) -> None:
    mail_worker("--concurrency=2")
    wrong = [None, [], "x", {}, EMAIL | {"bcc": "eve@evil.example"}, EMAIL | {"to": "a@x.example, b@evil.example"}]
    wrong += [EMAIL | {"subject": "a\r\nBcc: eve@evil.example"}, EMAIL | {"subject": 1}, EMAIL | {"body": ["x"]}]
    ended = [sent.ended() for sent in [send(mailings, email) for email in wrong]]
    assert {row["state"] for row in ended} == {"FAILURE"}
    assert all(row["error"].startswith("MailRefused: ") and row["error"].endswith(".") for row in ended)
    assert not smtp_server.mails


def test_the_waits_grow_to_a_minute_and_differ() -> None:
    for retries in range(12):
        longest = min(settings.mail_retry_s * 2**retries, LONGEST_WAIT_S)
        waits = {wait_s(retries) for _ in range(50)}
        assert len(waits) > 10
        assert longest / 2 <= min(waits) <= max(waits) <= longest

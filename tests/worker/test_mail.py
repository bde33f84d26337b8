"""A mail that fails says whether it may have gone out."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_string, policy

import pytest

from launcher.ports import free_port
from tests.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp
from tests.smtp_server import SmtpServer
from worker.config import Settings
from worker.mail import MAILS_PER_CONNECTION, Mail, Mailer
from worker.mail_errors import (
    MailDeferred,
    MailError,
    MailRefused,
    MailServerUnreachable,
    MailSetupError,
    MailUnconfirmed,
)

PASSWORD = "open sesame"
MAIL = Mail("ada@example.com", "Hello", "How are you?\n")


@pytest.fixture
def mailer(smtp_server: SmtpServer) -> Iterator[Mailer]:
    config = Settings(mail_server=smtp_server.host, mail_port=smtp_server.port, mail_timeout_s=2)
    with Mailer(config) as open_mailer:
        yield open_mailer


def failure(answers: dict[str, str], **config: str) -> tuple[MailError, ScriptedSmtp]:
    """What a mail to a server with these answers ends with."""
    with (
        ScriptedSmtp(answers) as server,
        Mailer(Settings(mail_port=server.port, mail_timeout_s=0.2, **config)) as sender,
    ):  # type: ignore[arg-type]
        with pytest.raises(MailError) as caught:
            sender.send(MAIL)
        return caught.value, server


def test_a_mail_arrives_as_it_was_written(mailer: Mailer, smtp_server: SmtpServer) -> None:
    body = ".\n..\nFrom here\r\nQUIT\n.\r\nGrüße " + "ü" * 5_000 + "\n"
    mailer.send(
        Mail("ada@example.com", "Grüße an dich " + "und alle " * 15, body, "an.id@example.com", {"X-Kind": "test"})
    )
    (mail,) = smtp_server.mails
    assert mail.text.replace("\r\n", "\n") == body.replace("\r\n", "\n")
    assert mail.subject == "Grüße an dich " + "und alle " * 14 + "und alle "
    assert mail.message["Message-ID"] == "<an.id@example.com>"
    assert (mail.to, mail.message["To"], mail.message["X-Kind"]) == (["ada@example.com"], "ada@example.com", "test")


def test_one_connection_serves_a_hundred_mails_and_then_a_new_one(mailer: Mailer, smtp_server: SmtpServer) -> None:
    before = smtp_server.connections
    for _ in range(MAILS_PER_CONNECTION + 1):
        mailer.send(MAIL)
    assert len(smtp_server.mails) == MAILS_PER_CONNECTION + 1
    assert smtp_server.connections - before == 2


def test_a_connection_that_the_server_dropped_is_renewed(mailer: Mailer, smtp_server: SmtpServer) -> None:
    smtp_server.drop_every = 1
    before = smtp_server.connections
    for _ in range(5):
        mailer.send(MAIL)
        time.sleep(0.05)  # until the server has hung up: nothing here tells, that is the point
    assert len(smtp_server.mails) == 5
    assert smtp_server.connections - before == 5


def test_a_refused_recipient_leaves_the_connection_usable(mailer: Mailer, smtp_server: SmtpServer) -> None:
    smtp_server.refused.add("bad@example.com")
    smtp_server.later["busy@example.com"] = 1
    before = smtp_server.connections
    with pytest.raises(MailRefused, match=r"^550 5\.1\.1 No such user here"):
        mailer.send(replace(MAIL, to="bad@example.com"))
    with pytest.raises(MailDeferred, match=r"^450 4\.2\.1 Try again later"):
        mailer.send(replace(MAIL, to="busy@example.com"))
    mailer.send(MAIL)
    assert smtp_server.connections - before == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"greeting": "554 not you"}, MailSetupError),
        ({"greeting": "421 busy"}, MailServerUnreachable),
        ({"greeting": HANG_UP}, MailServerUnreachable),
        ({"greeting": SILENCE}, MailServerUnreachable),
        ({"MAIL": "553 not from you"}, MailSetupError),
        ({"MAIL": "552 too large"}, MailRefused),
        ({"MAIL": "451 not now"}, MailServerUnreachable),
        ({"MAIL": HANG_UP}, MailServerUnreachable),
        ({"RCPT": "550 nobody"}, MailRefused),
        ({"RCPT": "450 later"}, MailDeferred),
        ({"RCPT": "421 too many"}, MailDeferred),
        ({"RCPT": HANG_UP}, MailDeferred),
        ({"RCPT": SILENCE}, MailDeferred),
        ({"RCPT": "rubbish"}, MailDeferred),
        ({"DATA": "554 no"}, MailRefused),
        ({"DATA": "451 later"}, MailDeferred),
        ({"DATA": HANG_UP}, MailDeferred),
        ({"DATA": SILENCE}, MailDeferred),
        ({"mail": "554 spam"}, MailRefused),
        ({"mail": "451 later"}, MailDeferred),
        ({"mail": "451 later", "RSET": HANG_UP}, MailDeferred),
        ({"mail": HANG_UP}, MailUnconfirmed),
        ({"mail": SILENCE}, MailUnconfirmed),
        ({"mail": "rubbish"}, MailUnconfirmed),
        ({"mail": "250" + "x" * 9_000}, MailUnconfirmed),
        ({"mail": "354 more?"}, MailUnconfirmed),
    ],
)
def test_what_each_answer_means(answers: dict[str, str], kind: type[MailError]) -> None:
    error, _ = failure(answers)
    assert type(error) is kind
    assert str(error)


def test_another_kind_of_yes_is_a_yes() -> None:
    with ScriptedSmtp({"mail": "251 forwarded"}) as server, Mailer(Settings(mail_port=server.port)) as sender:
        sender.send(MAIL)
    assert len(server.mails) == 1


def test_nobody_listening_is_told() -> None:
    with Mailer(Settings(mail_port=free_port())) as sender, pytest.raises(MailServerUnreachable, match="refused"):
        sender.send(MAIL)


def test_a_wrong_password_is_told_and_never_shown() -> None:
    rejected = {"AUTH": f"535 no: {PASSWORD}"}
    error, server = failure(rejected, mail_username="ada", mail_password=PASSWORD)
    assert any(command.startswith("AUTH") for command in server.commands)
    assert type(error) is MailSetupError
    assert PASSWORD not in str(error)
    assert error.__suppress_context__
    assert PASSWORD not in repr(Settings(mail_password=PASSWORD))


def test_what_a_server_says_is_one_short_line() -> None:
    error, _ = failure({"RCPT": "550-a\x1b[31m\r\n550 " + "b" * 1_000})
    assert "\x1b" not in str(error) and "\n" not in str(error)
    assert len(str(error)) <= 300


BAD_MAILS: dict[str, Callable[[], Mail]] = {
    "a line break in the subject": lambda: replace(MAIL, subject="Hi\r\nBcc: eve@evil.example"),
    "a folded subject": lambda: replace(MAIL, subject="Hi\r\n there"),
    "a subject that is no text": lambda: replace(MAIL, subject=b"Hi"),  # type: ignore[arg-type]
    "a surrogate in the subject": lambda: replace(MAIL, subject="Hi \ud800"),
    "a surrogate in the body": lambda: replace(MAIL, body="Hi \udfff"),
    "NUL in the body": lambda: replace(MAIL, body="Hi \0"),
    "a body that is no text": lambda: replace(MAIL, body=None),  # type: ignore[arg-type]
    "a body of 2 MB": lambda: replace(MAIL, body="x" * 2_000_000),
    "a line break in the address": lambda: replace(MAIL, to="ada@example.com\r\nBcc: eve@evil.example"),
    "two addresses": lambda: replace(MAIL, to="ada@example.com, eve@evil.example"),
    "an address that is no text": lambda: replace(MAIL, to=["ada@example.com"]),  # type: ignore[arg-type]
    "a line break in a header": lambda: replace(MAIL, headers={"X-Kind": "a\r\nBcc: eve@evil.example"}),
    "a header's name with a colon": lambda: replace(MAIL, headers={"Bcc: eve@evil.example, X": "a"}),
    "a line break in the message id": lambda: replace(MAIL, message_id="a\r\nBcc: eve@evil.example"),
}


@pytest.mark.parametrize("what", BAD_MAILS)
def test_a_mail_that_could_become_another_is_refused(what: str, mailer: Mailer, smtp_server: SmtpServer) -> None:
    with pytest.raises(MailRefused):
        mailer.send(BAD_MAILS[what]())
    assert not smtp_server.mails


def test_a_line_break_in_the_sender_is_refused(smtp_server: SmtpServer) -> None:
    config = Settings(mail_port=smtp_server.port, mail_default_sender="a@b.de\r\nBcc: eve@evil.example")
    with Mailer(config) as sender, pytest.raises(MailRefused, match="MAIL_DEFAULT_SENDER"):
        sender.send(MAIL)
    assert not smtp_server.mails


def test_a_bad_mail_after_a_good_one_is_not_called_unconfirmed(mailer: Mailer) -> None:
    mailer.send(MAIL)
    with pytest.raises(MailRefused):
        mailer.send(replace(MAIL, subject="\n"))


def test_the_body_is_quoted_so_that_no_line_is_too_long() -> None:
    with ScriptedSmtp() as server, Mailer(Settings(mail_port=server.port)) as sender:
        sender.send(replace(MAIL, body="x" * 50_000 + "\r\ry"))
    assert max(map(len, server.mails[0].split("\r\n"))) < 100
    message = message_from_string(server.mails[0], policy=policy.default)
    assert message.get_content().startswith("x" * 50_000)

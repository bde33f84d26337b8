"""The local mail server that delivers nothing."""

import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from launcher import mail_sink, ports
from launcher.mail_sink import MailFolder
from tests.processes import Service, service_env


@pytest.fixture
def sink(services: list[Service], tmp_path: Path) -> Service:
    port = ports.free_port()
    env = service_env(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(port), MAIL_SINK_DIR=str(tmp_path / "mails"))
    command = f"{sys.executable} -m launcher.mail_sink"
    services.append(Service("mail", command, env, tmp_path / "mail.log", lambda: ports.answers(port)))
    return services[-1].start()


def send(sink: Service, text: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße", "board@example.com", "ann@example.com"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", int(sink.env["MAIL_PORT"])) as client:
        client.send_message(message, to_addrs=["ann@example.com", "bob@example.com"])


def test_a_mail_becomes_a_file_with_its_envelope(sink: Service, tmp_path: Path) -> None:
    send(sink, "Hello.\n.\nGoodbye.\n")

    (file,) = (tmp_path / "mails").glob("*.eml")
    text = file.read_text()
    assert text.startswith("X-MailFrom: board@example.com\nX-RcptTo: ann@example.com, bob@example.com\n")
    assert "Hello.\n.\nGoodbye.\n" in text


def test_a_mail_that_is_too_big_is_refused(sink: Service, tmp_path: Path) -> None:
    with pytest.raises(smtplib.SMTPException, match="552"):
        send(sink, "long " * 300_000)

    assert not list((tmp_path / "mails").iterdir())


def test_it_ends_quietly_when_it_is_asked_to(sink: Service) -> None:
    assert sink.stop() == 0
    assert "Traceback" not in sink.log()


def test_only_the_newest_mails_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sink, "KEPT_MAILS", 3)
    folder = MailFolder(tmp_path)

    for number in range(5):
        folder._write(b"%d" % number)
        folder._forget_old()

    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"2", b"3", b"4"]

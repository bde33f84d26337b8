"""Mail over TLS: the certificate is checked, and nothing is said in the open."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from launcher.ports import free_port
from tests.scripted_smtp import ScriptedSmtp
from worker.config import Settings
from worker.mail import Mail, Mailer
from worker.mail_errors import MailServerUnreachable, MailSetupError

CERTIFICATE = Path(__file__).parent / "loopback.pem"
MAIL = Mail("ada@example.com", "Hello", "How are you?\n")


class Receiver:
    """Keeps what it is sent, by whom signed in."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append((envelope.rcpt_tos, bool(session.authenticated)))
        return "250 OK"


class SecureController(Controller):
    """SMTP with STARTTLS, or TLS from the first byte, and sign-in."""

    def __init__(self, receiver: Receiver, starttls: bool) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        self._options = {"tls_context": context, "require_starttls": True} if starttls else {"auth_require_tls": False}
        super().__init__(receiver, hostname="127.0.0.1", port=free_port(), ssl_context=None if starttls else context)

    def factory(self) -> SMTP:
        return SMTP(self.handler, authenticator=_sign_in, **self._options)  # type: ignore[arg-type]


def _sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"ada", b"open sesame"))  # type: ignore[attr-defined]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture(params=[True, False], ids=["STARTTLS", "TLS"])
def config(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Settings]:
    controller = SecureController(receiver, request.param)
    controller.start()
    tls = {"mail_use_tls": request.param, "mail_use_ssl": not request.param}
    yield Settings(mail_port=controller.port, mail_timeout_s=2, mail_username="ada", mail_password="open sesame", **tls)
    controller.stop()


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def test_a_mail_goes_over_tls_after_signing_in(config: Settings, receiver: Receiver, trust: Callable[[], None]) -> None:
    trust()
    with Mailer(config) as mailer:
        mailer.send(MAIL)
    assert receiver.received == [(["ada@example.com"], True)]


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(config: Settings, receiver: Receiver) -> None:
    with Mailer(config) as mailer, pytest.raises(MailSetupError, match="could not prove who it is"):
        mailer.send(MAIL)
    assert not receiver.received


def test_a_certificate_of_another_name_is_not_accepted(config: Settings, trust: Callable[[], None]) -> None:
    trust()
    fields = {name: getattr(config, name) for name in ("mail_port", "mail_use_tls", "mail_use_ssl", "mail_timeout_s")}
    with (
        Mailer(Settings(mail_server="localhost", **fields)) as mailer,
        pytest.raises(MailSetupError, match="localhost"),
    ):
        mailer.send(MAIL)


def test_speaking_tls_to_a_plain_server_is_told() -> None:
    plain = Controller(Receiver(), hostname="127.0.0.1", port=free_port())
    plain.start()
    mailer = Mailer(Settings(mail_port=plain.port, mail_use_ssl=True, mail_timeout_s=2))
    try:
        with pytest.raises(MailServerUnreachable, match="does not answer"):
            mailer.send(MAIL)
    finally:
        plain.stop()


def test_a_server_without_starttls_is_not_spoken_to_in_the_open() -> None:
    with ScriptedSmtp() as server, pytest.raises(MailSetupError, match="STARTTLS"):
        Mailer(Settings(mail_port=server.port, mail_use_tls=True)).send(MAIL)
    assert not server.mails

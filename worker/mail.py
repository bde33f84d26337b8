"""Sends a mail through Flask-Mail; the only user of it. what goes wrong is told as mail_errors says."""

import logging
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import charset
from email.mime.text import MIMEText
from functools import cache
from types import TracebackType
from typing import Self

import flask_mail
from flask import Flask

from worker import mail_errors
from worker.addresses import check_address
from worker.config import Settings, settings
from worker.mail_errors import MailRefused, MailServerUnreachable
from worker.smtp import Connection, Phase

logger = logging.getLogger(__name__)

MAILS_PER_CONNECTION = 100
SUBJECT_LENGTH = 1_000
BODY_LENGTH = 1_000_000

_NOT_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")


@dataclass(frozen=True)
class Mail:
    """A plain-text mail to one address. message_id: without angle brackets. headers: further ones."""

    to: str
    subject: str
    body: str
    message_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Mailer:
    """Sends mails one after the other over one connection, which it renews when it breaks and after 100 mails."""

    def __init__(self, config: Settings = settings) -> None:
        """Connects at the first mail."""
        self._config = config
        self._app = _flask_app(config)
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection, if there is one; the next mail opens another."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def connect(self) -> None:
        """See that there is a connection. Raises MailServerUnreachable, MailSetupError."""
        if self._connection and (not self._connection.is_open or self._connection.num_emails >= MAILS_PER_CONNECTION):
            self.close()
        if self._connection is None:
            self._connection = self._open()

    def send(self, mail: Mail) -> None:
        """Send it. Returning means that the server has taken it. Raises MailError."""
        with self._app.app_context():
            message = _message(mail)
            self.connect()
            used = self._connection is not None and self._connection.num_emails > 0
            try:
                self._send(message)
            except MailServerUnreachable:
                if not used:
                    raise
                self.close()  # a server may hang up on an idle connection: that alone is no failure
                self.connect()
                self._send(message)

    def _send(self, message: flask_mail.Message) -> None:
        connection = self._connection
        assert connection and connection.host
        connection.host.phase = Phase.READY
        try:
            connection.send(message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            told = mail_errors.of_sending(error, connection.host.phase, self._config.mail_password)
            if not mail_errors.leaves_usable(error):
                self.close()
            if told:
                raise told from None

    def _open(self) -> Connection:
        config = self._config
        connection = Connection(self._app.extensions["mail"], config.mail_timeout_s, ssl.create_default_context())
        try:
            connection.__enter__()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            where = f"{config.mail_server}:{config.mail_port}"
            raise mail_errors.of_connecting(error, where, config.mail_password) from None
        logger.info("connected to the mail server %s:%s", config.mail_server, config.mail_port)
        return connection


class _Message(flask_mail.Message):
    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        """Quoted-printable: any text, with lines as long as it likes, goes through any server as one mail."""
        utf8 = charset.Charset("utf-8")
        utf8.body_encoding = charset.QP
        return MIMEText(text or "", subtype, utf8)  # type: ignore[arg-type]  # takes a Charset, too


def _message(mail: Mail) -> flask_mail.Message:
    """The mail for Flask-Mail. Raises MailRefused for whatever could become another header or another mail."""
    try:
        to = check_address(mail.to)
    except ValueError as error:
        raise MailRefused(str(error)) from None
    _check_line("The subject", mail.subject, SUBJECT_LENGTH)
    if not isinstance(mail.body, str) or _NOT_TEXT.search(mail.body) or len(mail.body) > BODY_LENGTH:
        raise MailRefused(f"The body must be text of at most {BODY_LENGTH:,} characters.")
    for name, value in mail.headers.items():
        _check_line("A header's name", name, 76)
        _check_line(f"The header {name}", value, SUBJECT_LENGTH)
        if not _HEADER_NAME.fullmatch(name):
            raise MailRefused("A header's name may have only letters, digits and -.")
    message = _Message(mail.subject, [to], mail.body, extra_headers=dict(mail.headers))
    _check_line("MAIL_DEFAULT_SENDER", message.sender, SUBJECT_LENGTH)
    if mail.message_id:
        _check_line("The message id", mail.message_id, 200)
        message.msgId = f"<{mail.message_id}>"
    return message


def _check_line(what: str, text: object, most: int) -> None:
    if not isinstance(text, str):
        raise MailRefused(f"{what} must be text.")
    if _NOT_ONE_LINE.search(text):
        raise MailRefused(f"{what} must be one line, without control characters.")
    if len(text) > most:
        raise MailRefused(f"{what} is longer than {most:,} characters.")


@cache
def _flask_app(config: Settings) -> Flask:
    """Flask-Mail wants an application: a bare one that holds its settings and serves nothing."""
    app = Flask("worker.mail")
    app.config.update(
        MAIL_SERVER=config.mail_server,
        MAIL_PORT=config.mail_port,
        MAIL_USE_TLS=config.mail_use_tls,
        MAIL_USE_SSL=config.mail_use_ssl,
        MAIL_USERNAME=config.mail_username,
        MAIL_PASSWORD=config.mail_password,
        MAIL_DEFAULT_SENDER=config.mail_default_sender,
        MAIL_DEBUG=False,  # it prints the password
        MAIL_SUPPRESS_SEND=False,
        MAIL_MAX_EMAILS=None,  # Flask-Mail would reconnect inside `send`, and its failure look like the mail's
    )
    flask_mail.Mail(app)
    return app

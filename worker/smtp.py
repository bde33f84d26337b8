"""SMTP connections that know how far a mail has got, so that a broken one can tell whether it may have gone out."""

import smtplib
import ssl
from enum import IntEnum
from typing import Any

import flask_mail


class Phase(IntEnum):
    """How far the mail in hand has got."""

    CONNECTING = 0  # greeting, TLS, signing in
    READY = 1
    SENDER = 2
    RECIPIENT = 3
    OFFERED = 4  # DATA is asked for, nothing of the mail has been handed over
    HANDED_OVER = 5  # the mail is on its way: without an answer, nobody knows
    ANSWERED = 6


LAST_ANSWER_FACTOR = 6
"""The answer to a whole mail may take this many times as long as others: servers look into the mail before it."""


class _Phased(smtplib.SMTP):
    phase = Phase.CONNECTING

    def mail(self, sender: str, options: Any = ()) -> tuple[int, bytes]:
        self._wait_for(1)
        self.phase = Phase.SENDER
        return super().mail(sender, options)

    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        self.phase = Phase.RECIPIENT
        return super().rcpt(recip, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.phase = Phase.OFFERED
        return super().data(msg)

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if self.phase == Phase.HANDED_OVER:
            self.phase = Phase.ANSWERED
        if self.phase == Phase.OFFERED and code == 354:
            self.phase = Phase.HANDED_OVER
            self._wait_for(LAST_ANSWER_FACTOR)
        return code, text

    def _wait_for(self, factor: int) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.timeout * factor)


class PlainSMTP(_Phased):
    """SMTP, with STARTTLS or without."""


class TlsSMTP(_Phased, smtplib.SMTP_SSL):
    """SMTP that is TLS from the first byte."""


class Connection(flask_mail.Connection):
    """Flask-Mail's connection with checked certificates and timeouts, both of which Flask-Mail 0.10 goes without."""

    host: PlainSMTP | TlsSMTP | None

    def __init__(self, mail: Any, timeout_s: float, context: ssl.SSLContext) -> None:
        """`mail` is Flask-Mail's state of an application; `timeout_s` is for connecting and for each answer."""
        super().__init__(mail)
        self._timeout_s = timeout_s
        self._context = context

    def configure_host(self) -> PlainSMTP | TlsSMTP:
        """Connect, encrypt and sign in."""
        host = self._connect()
        try:
            if self.mail.use_tls:
                host.starttls(context=self._context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
            host.ehlo_or_helo_if_needed()
        except BaseException:
            host.close()
            raise
        return host

    def _connect(self) -> PlainSMTP | TlsSMTP:
        server, port = self.mail.server, self.mail.port or 25
        if self.mail.use_ssl:
            return TlsSMTP(server, port, timeout=self._timeout_s, context=self._context)
        return PlainSMTP(server, port, timeout=self._timeout_s)

    @property
    def is_open(self) -> bool:
        """Whether the connection has not been seen to break."""
        return self.host is not None and self.host.sock is not None

    def close(self) -> None:
        """Say goodbye if the server still listens; never raises."""
        host, self.host = self.host, None
        if host is None:
            return
        try:
            host.quit()
        except (smtplib.SMTPException, OSError, ValueError):
            host.close()

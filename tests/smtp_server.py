"""A real SMTP server that refuses, postpones and hangs up as a test wants it to."""

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from launcher import ports

ACCEPTED = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail that the server has received whole."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class SmtpServer:
    """Set the rules at any time; `reset` takes them back and forgets what was received."""

    def __init__(self) -> None:
        self.host = ports.LOOPBACK
        self.port = ports.free_port()
        self._controller: _CountingController | None = None
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.refused: set[str] = set()  # 550 at RCPT, for good
        self.later: Counter[str] = Counter()  # 450 at RCPT, this many times more
        self.hang_up_on: set[str] = set()  # the mail is taken, the connection dropped without an answer; once
        self.drop_every = 0  # the connection is dropped after so many accepted mails; 0 is never
        self.delay_s = 0.0  # wait so long before answering DATA
        self.connections = 0
        self.mails: list[Mail] = []

    def start(self) -> "SmtpServer":
        before = self.connections
        self._controller = _CountingController(self)
        self._controller.start()
        self.connections = before  # aiosmtpd has knocked at its own door once
        return self

    def stop(self) -> None:
        """Stop listening; `start` opens the same port again."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def sent_to(self, address: str) -> list[Mail]:
        """The mails that this address has got."""
        return [mail for mail in list(self.mails) if address in mail.to]

    def times_sent(self) -> Counter[str]:
        """How many mails each address has got."""
        return Counter(address for mail in list(self.mails) for address in mail.to)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such user here"
        with self._lock:
            if self.later[address] > 0:
                self.later[address] -= 1
                return "450 4.2.1 Try again later"
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_s)
        self._receive(envelope)
        if self._hangs_up_on(envelope):
            server.transport.abort()
        elif self.drop_every and len(self.mails) % self.drop_every == 0:
            asyncio.get_running_loop().call_later(0.01, server.transport.close)
        return ACCEPTED

    def _receive(self, envelope: Envelope) -> None:
        message = cast(EmailMessage, message_from_bytes(envelope.content or b"", policy=policy.default))
        self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), message))

    def _hangs_up_on(self, envelope: Envelope) -> bool:
        marked = self.hang_up_on.intersection(envelope.rcpt_tos)
        self.hang_up_on -= marked
        return bool(marked)


class _CountingController(Controller):
    def __init__(self, server: SmtpServer) -> None:
        self.counted = server
        super().__init__(server, hostname=server.host, port=server.port, ready_timeout=10)

    def factory(self) -> SMTP:
        self.counted.connections += 1
        return super().factory()

"""A mail server for development that delivers nothing: each mail becomes a file that the board shows.

One file `<received, ms since 1970>-<8 hex digits>.eml` per mail: the message as it was sent, with `X-MailFrom` and
`X-RcptTo`, the envelope's addresses, on top of its headers.
"""

import os
import secrets
import signal
import time
from pathlib import Path

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT_MAILS = 1_000
MAX_MAIL_BYTES = 1_000_000


class MailFolder:
    """Writes mails into a folder and keeps the newest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = sorted(folder.glob("*.eml"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd for each mail; its answer goes to the sender."""
        assert isinstance(envelope.content, bytes)
        self._write(_envelope_headers(envelope) + envelope.content)
        self._forget_old()
        return "250 OK"

    def _write(self, content: bytes) -> None:
        path = self.folder / f"{time.time_ns() // 1_000_000:013d}-{secrets.token_hex(4)}.eml"
        # Whoever lists the folder sees whole mails only.
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)
        self._files.append(path)

    def _forget_old(self) -> None:
        while len(self._files) > KEPT_MAILS:
            self._files.pop(0).unlink(missing_ok=True)


def _envelope_headers(envelope: Envelope) -> bytes:
    recipients = ", ".join(envelope.rcpt_tos)
    return f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {recipients}\r\n".encode(errors="replace")


def main() -> None:
    """Serve MAIL_SERVER:MAIL_PORT until SIGTERM, writing into MAIL_SINK_DIR."""
    address = os.environ["MAIL_SERVER"], int(os.environ["MAIL_PORT"])
    folder = MailFolder(Path(os.environ["MAIL_SINK_DIR"]))
    sink = UnthreadedController(folder, *address, data_size_limit=MAX_MAIL_BYTES)
    sink.begin()  # type: ignore[no-untyped-call] # aiosmtpd has types almost everywhere
    print(f"mail sink on {address[0]}:{address[1]}: mails go to {folder.folder}, nowhere else", flush=True)  # noqa: T201
    sink.loop.add_signal_handler(signal.SIGTERM, sink.loop.stop)
    sink.loop.run_forever()
    sink.end()  # type: ignore[no-untyped-call] # as above


if __name__ == "__main__":
    main()

"""Shows what the local mail sink has received; in development only, where MAIL_SINK_DIR is set."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template

from app.errors import NotFound

mails = Blueprint("mails", __name__, url_prefix="/mails")

SHOWN_MAILS = 100
HEAD_BYTES = 16_000
MOST_BYTES = 1_100_000

# The sink's file names: when it came, in a fraction of seconds since 1970, and a random part.
_ID = re.compile(r"[0-9]{13,19}-[0-9a-f]{8,32}", re.ASCII)


@mails.get("")
def index() -> str:
    """The newest mails."""
    names = sorted((path.stem for path in _folder().glob("*.eml") if _ID.fullmatch(path.stem)), reverse=True)
    return render_template("mails.html", mails=[_summary(name) for name in names[:SHOWN_MAILS]])


@mails.get("/<mail_id>")
def show(mail_id: str) -> str:
    """One mail, its text parts as text."""
    path = _path(mail_id)
    if not path.is_file():
        raise NotFound("There is no mail with this id; the mail sink keeps only the newest.")
    message = _read(path, MOST_BYTES)
    shown = {**_headers(mail_id, message), "sender": _header(message, "From"), "text": _text(message)}
    return render_template("mail.html", mail=shown)


def _folder() -> Path:
    folder = current_app.config["MAIL_SINK_DIR"]
    if not folder:
        raise NotFound("Mails can be read here in development only, while the local mail sink runs.")
    return Path(folder)


def _path(mail_id: str) -> Path:
    if not _ID.fullmatch(mail_id):
        raise NotFound("There is no mail with this id.")
    return _folder() / f"{mail_id}.eml"


def _read(path: Path, most_bytes: int) -> EmailMessage:
    try:
        with path.open("rb") as file:
            return message_from_bytes(file.read(most_bytes), policy=policy.default)
    except FileNotFoundError:  # the sink keeps only the newest and may delete one at any time
        return EmailMessage()


def _summary(mail_id: str) -> dict[str, Any]:
    return _headers(mail_id, _read(_path(mail_id), HEAD_BYTES))


def _headers(mail_id: str, message: EmailMessage) -> dict[str, Any]:
    stamp = mail_id.partition("-")[0]
    to = _header(message, "X-RcptTo") or _header(message, "To")
    received_at = int(stamp) / 10 ** (len(stamp) - 10)  # milliseconds have 13 digits, nanoseconds 19
    return {"id": mail_id, "to": to, "subject": _header(message, "Subject"), "received_at": received_at}


def _header(message: EmailMessage, name: str) -> str:
    """All values of the header; the parser may stumble over what a stranger wrote into one."""
    try:
        return ", ".join(str(value) for value in message.get_all(name, []))
    except Exception:
        return "(cannot be read)"


def _text(message: EmailMessage) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    return "\n\n".join(_part_text(part) for part in parts)


def _part_text(part: Any) -> str:
    try:
        return str(part.get_content())
    except Exception:
        return "(cannot be read)"

"""The mailing edge: its form, its start, and what became of each recipient."""

import csv
import io
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from app import recipients
from app.errors import NotFound, TooLarge, Unavailable
from app.extensions import table
from app.recipients import BadMailing, Problem, Recipients
from app.start import start_task
from worker.ledger import NOT_KNOWN, SENDING, Claim, Ledger, Recipient
from worker.letters import Letter

mailings = Blueprint("mailings", __name__, url_prefix="/mailings")

TASK = "mail.send_mailing"
START_TIMEOUT_S = 8.0
FIELDS = ("subject", "body", "recipients", "mailing_id")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
MAY_BE_SENT = "It was being sent when this list was made, or when its worker ended."

Answer = str | Response | tuple[str, int]


@mailings.get("/new")
def new() -> str:
    """An empty form. Its id is the mailing's: however often it is sent, it is one mailing."""
    return _form(dict.fromkeys(FIELDS, "") | {"mailing_id": _new_id()}, [])


@mailings.post("")
def create() -> Answer:
    """Check everything, then start the mailing; on any fault nothing is started and the form comes back."""
    form, upload = _sent_form()
    if not _is_id(form["mailing_id"]):
        form["mailing_id"] = _new_id()
        return _form(form, [Problem(None, "mailing_id", "This form was not made here. Please send it again.")]), 400
    try:
        listed, letter = _checked(form, upload)
        _write_down(form["mailing_id"], letter, listed)
    except BadMailing as error:
        return _form(form, error.problems), 400
    except _UsedForAnother:
        form["mailing_id"] = _new_id()
        return _form(form, [Problem(None, "mailing_id", USED)]), 400
    _start(form["mailing_id"])
    return redirect(url_for("pages.task", task_id=form["mailing_id"]), 303)  # type: ignore[return-value]


@mailings.get("/<task_id>/recipients.csv")
def recipients_csv(task_id: str) -> Response:
    """What became of each recipient, as CSV."""
    ledger = _ledger(task_id)
    if not _is_id(task_id) or not ledger.exists():
        raise NotFound("There is no mailing with this id, or it is older than what is kept.")
    answer = Response(_csv(ledger.outcomes()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="mailing-{task_id}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


USED = "This form was used for another mailing already. Send it again if this is to be a mailing of its own."


class _UsedForAnother(Exception):
    pass


def _form(form: dict[str, str], problems: list[Problem]) -> str:
    limits = {"rows": recipients.MOST_ROWS, "bytes": recipients.MOST_BYTES}
    return render_template("mailing_new.html", form=form, errors=[asdict(one) for one in problems], limits=limits)


def _sent_form() -> tuple[dict[str, str], bytes]:
    """The fields, and the content of the file if one was chosen."""
    try:
        form = {name: request.form.get(name, "") for name in FIELDS}
        file = request.files.get("recipients_file")
        upload = file.read() if file else b""
    except RequestEntityTooLarge:
        raise TooLarge("The mailing is too large: a list may have 1 MB, a text 100 KB. Nothing was sent.") from None
    form["subject"] = form["subject"].strip()
    form["body"] = form["body"].replace("\r\n", "\n")
    return form, upload


def _checked(form: dict[str, str], upload: bytes) -> tuple[Recipients, Letter]:
    if upload.strip() and form["recipients"].strip():
        raise BadMailing([Problem(None, "recipients", "Paste a list or choose a file, not both.")])
    if upload:
        form["recipients"] = _as_pasted(upload)
    listed = recipients.parse(upload or form["recipients"])
    return listed, recipients.check(form["subject"], form["body"], listed)


def _as_pasted(upload: bytes) -> str:
    """The file's text, for the form that comes back: a browser cannot choose the file again."""
    try:
        return upload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


def _write_down(mailing_id: str, letter: Letter, listed: Recipients) -> None:
    ledger = _ledger(mailing_id)
    created = ledger.create(letter.subject, letter.body, listed.columns, listed.rows)
    if not created and not ledger.is_of(letter.subject, letter.body, listed.rows):
        raise _UsedForAnother


def _start(mailing_id: str) -> None:
    """Put the task on the queue unless somebody has; a start that failed half-way can be made good by another press."""
    ledger = _ledger(mailing_id)
    deadline = time.monotonic() + START_TIMEOUT_S
    while (answer := ledger.claim_start()) == "busy":
        if time.monotonic() > deadline:
            raise Unavailable("The mailing is just being started. Look at the board in a moment.")
        time.sleep(0.1)
    if answer == "claimed":
        start_task(TASK, [mailing_id], task_id=mailing_id)
        ledger.started()


def _ledger(mailing_id: str) -> Ledger:
    return Ledger(table().client, mailing_id)


def _new_id() -> str:
    return str(uuid.uuid4())


def _is_id(text: str) -> bool:
    """Whether it is a uuid4 in its one usual way of writing."""
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        return False
    return parsed.version == 4 and str(parsed) == text


def _csv(outcomes: Iterator[tuple[Recipient, Claim | None]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["line", "email", "outcome", "reason"])
    for recipient, claim in outcomes:
        writer.writerow([recipient.line, *map(_harmless, (recipient.email, *_told(claim)))])
    return file.getvalue()


def _told(claim: Claim | None) -> tuple[str, str]:
    if claim is None:
        return "not tried", ""
    return (NOT_KNOWN, MAY_BE_SENT) if claim.outcome == SENDING else (claim.outcome, claim.reason)


def _harmless(text: str) -> str:
    """Spreadsheets run what begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text

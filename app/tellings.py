"""Who is to be told by e-mail of a task's end, if no tab of that browser is open by then."""

import re
from functools import cache

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from app import json_body
from app.allowance import Allowance
from app.errors import BadFields, Conflict, NotFound, PushboardError, TooOften
from app.extensions import table
from app.recipients import check_address
from worker.events import TASK_ID_LENGTH
from worker.tellings import Tellings

tellings = Blueprint("tellings", __name__, url_prefix="/api")

MOST_AT_ONCE, PER_S = 60.0, 1.0
"""Asked of this process, by all together: what each address may get within an hour is counted in Redis."""

BROWSER = re.compile(r"[0-9a-f]{32}", re.ASCII)
UNKNOWN = "Nobody issued a task with this id, or it has expired."
ENDED = "The task has ended already."
TOO_MANY = "As many people as can be are to be told by e-mail already."
TOO_OFTEN = "This address has been given often within this hour. Try again later."

_allowance = Allowance(MOST_AT_ONCE, PER_S)


@tellings.put("/tasks/<task_id>/tellings/<browser>")
def ask(task_id: str, browser: str) -> Response:
    """Tell this browser of the task's end, at the address `{email}`, if it is away by then."""
    given = json_body.read({"email"}).get("email")
    _check(task_id, browser)
    try:
        email = check_address(given)  # type: ignore[arg-type]  # it says what is wrong with whatever it gets
    except ValueError as error:
        raise BadFields({"email": str(error)}) from None
    if not _allowance.spend():
        raise TooOften("That is too much at once. Try again in a moment.")
    verdict = _tellings().ask(task_id, browser, email, _link(task_id))
    if verdict != "asked":
        raise _refusal(verdict)
    return jsonify(state=verdict, email=email)


@tellings.delete("/tasks/<task_id>/tellings/<browser>")
def take_back(task_id: str, browser: str) -> Response:
    """Tell it no more, as when a tab has told it: `{state}` is `taken_back`, `none`, or `mailed` if it is too late."""
    _check(task_id, browser)
    return jsonify(state=_tellings().take_back(task_id, browser))


def _refusal(verdict: str) -> PushboardError:
    if verdict == "too_often":
        return TooOften(TOO_OFTEN)
    if verdict == "unknown":
        return NotFound(UNKNOWN, "unknown_task")
    return Conflict(ENDED if verdict == "ended" else TOO_MANY, verdict)


def _check(task_id: str, browser: str) -> None:
    if len(task_id) > TASK_ID_LENGTH or not BROWSER.fullmatch(browser):
        raise NotFound(UNKNOWN, "unknown_task")


def _link(task_id: str) -> str:
    """Where the task's page is for whoever reads the mail. The Host of a request may be anybody's invention."""
    trusted, origin = current_app.config["TRUSTED_ORIGINS"], request.headers.get("Origin")
    base = origin if origin in trusted else current_app.config["PUBLIC_URL"]
    return f"{base}{url_for('pages.task', task_id=task_id)}"


@cache
def _tellings() -> Tellings:
    return Tellings(table().client)

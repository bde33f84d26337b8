"""The alarms' edge: those that are open, and putting one aside."""

import re
from typing import Any

from flask import Blueprint, Response, jsonify

from app.errors import NotFound
from app.extensions import alarms as open_alarms
from app.extensions import pictures
from app.rooms import ALARMS

alarms = Blueprint("alarms", __name__, url_prefix="/api")

ALARM_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)


@alarms.get("/alarms")
def every() -> dict[str, Any]:
    """All that nobody has put aside, as in their room."""
    picture = pictures[ALARMS].picture()
    return {"now": picture["now"], "alarms": picture["rows"]}


@alarms.delete("/alarms/<alarm_id>")
def put_aside(alarm_id: str) -> Response:
    """Somebody has seen it: it is shown again if it happens again."""
    if not ALARM_ID.fullmatch(alarm_id) or not open_alarms().put_aside(alarm_id):
        raise NotFound("There is no such alarm, or it is over.", "unknown_alarm")
    return jsonify(state="aside")

"""The JSON edge: start the long task, ask for a task, ask for health."""

from dataclasses import asdict
from typing import Any

import redis
from flask import Blueprint, Response, jsonify, request, url_for

from app import questions
from app.errors import BadRequest, NotFound
from app.extensions import log, relay, table, workers_room
from app.start import start_task
from worker import states
from worker.events import TASK_ID_LENGTH
from worker.query import KINDS

api = Blueprint("api", __name__)

LONGEST_STEP_S = 60.0


@api.post("/longtask")
def start_long_task() -> tuple[Response, int, dict[str, str]]:
    """Start the long task: 202, and in Location where to ask for it."""
    task_id = start_task("demo.long_task", kwargs=_long_task_arguments())
    location = url_for("api.status", task_id=task_id)
    return jsonify(task_id=task_id, location=location), 202, {"Location": location}


def _long_task_arguments() -> dict[str, float]:
    """From a JSON body, which may be left out."""
    given = request.get_json() if request.is_json else {}
    if not isinstance(given, dict) or set(given) - {"step_s"}:
        raise BadRequest("The body may be left out, or be an object with step_s alone: seconds for each step.")
    step_s = given.get("step_s", 1.0)
    if isinstance(step_s, bool) or not isinstance(step_s, int | float) or not 0 <= step_s <= LONGEST_STEP_S:
        raise BadRequest(f"step_s must be a number of seconds from 0 to {LONGEST_STEP_S:g}.")
    return {"step_s": step_s}


def _row(task_id: str) -> dict[str, Any]:
    row = table().row(task_id) if len(task_id) <= TASK_ID_LENGTH else None
    if row is None:
        raise NotFound("Nobody issued a task with this id, or it has expired.", "unknown_task")
    return row


@api.get("/status/<task_id>")
def status(task_id: str) -> dict[str, Any]:
    """A task's state as the tutorial gives it."""
    return _status(_row(task_id))


def _status(row: dict[str, Any]) -> dict[str, Any]:
    state = row["state"]
    if state == states.SUCCESS:
        return {"state": state, **_result(row)}
    if states.is_final(state):
        return {"state": state, "current": 1, "total": 1, "status": _error_text(row)}
    if row["attempt"] == 0:
        return {"state": state, "current": 0, "total": 1, "status": "Pending..."}
    current, total = row["current"], row["total"]
    numbers = {"current": 0 if current is None else current, "total": 1 if total is None else total}
    return {"state": state, **numbers, "status": row["note"] or ""}


def _result(row: dict[str, Any]) -> dict[str, Any]:
    result = row["result"]
    if isinstance(result, dict) and "status" in result:
        return {"current": 1, "total": 1, **result}
    return {"current": 1, "total": 1, "status": row["summary"] or "", "result": result}


def _error_text(row: dict[str, Any]) -> str:
    """The exception's text without its type."""
    error = row["error"] or row["summary"] or ""
    return error.partition(": ")[2] or error


@api.get("/api/tasks")
def tasks() -> dict[str, Any]:
    """One page of the list."""
    page = table().query(questions.read(request.args.to_dict()))
    return asdict(page)


@api.get("/api/tasks/values")
def values() -> dict[str, dict[str, int]]:
    """What the list can be filtered by: every value that tasks have, and how many tasks each."""
    return {kind: table().facets(kind) for kind in KINDS if kind != "group"}


@api.get("/api/tasks/<task_id>")
def task(task_id: str) -> dict[str, Any]:
    """The whole row."""
    return _row(task_id)


@api.get("/api/workers")
def workers() -> dict[str, Any]:
    """Every worker: what runs in its slots, since when, and whether it lives."""
    return _picture("worker")


@api.get("/api/queues")
def queues() -> dict[str, Any]:
    """Every queue: what waits in it, and how much comes and goes."""
    return _picture("queue")


def _picture(kind: str) -> dict[str, Any]:
    picture = workers_room.picture()
    return {"now": picture["now"], f"{kind}s": [_plain(row) for row in picture["rows"] if row["kind"] == kind]}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("kind", "offset")}


@api.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@api.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Redis answers and the log is followed: 200, else 503; how far behind, and what had to be healed."""
    place = {"following": relay.live, "offset": relay.offset, "epoch": relay.epoch}
    healed = asdict(relay.healed) | {"skipped_frames": relay.audience.skipped}
    try:
        behind_s, workers, answers = log().behind_s(relay.offset), table().healed(), True
    except redis.RedisError:
        behind_s, workers, answers = None, None, False
    ready = answers and relay.live
    told = {"ready": ready, **place, "behind_s": behind_s, "clients": relay.audience.clients()}
    return told | {"healed": healed, "workers": workers}, 200 if ready else 503

"""What people ask of tasks and queues: stop this one, run it again, empty that queue."""

import hashlib
import json
from functools import cache
from typing import Any

import redis
from flask import Blueprint, Response, jsonify, url_for
from kombu.exceptions import OperationalError

from app import json_body
from app.errors import BadFields, BadRequest, Conflict, NotFound
from app.extensions import log, table
from app.start import sender, start_task
from worker import call
from worker.actions import Actions, Refused
from worker.celery_app import celery_app
from worker.config import settings
from worker.events import TASK_ID_LENGTH
from worker.purge import Purge
from worker.stream import connect

actions = Blueprint("actions", __name__, url_prefix="/api")

PURGE_TIMEOUT_S = 2.0

UNKNOWN = "Nobody issued a task with this id, or it has expired."
REFUSALS = {
    "ended": "The task has ended already, so there is nothing to stop.",
    "running": "The task has not ended yet. Stop it first, or wait for its end.",
}


@actions.post("/tasks/<task_id>/revocation")
def stop(task_id: str) -> tuple[Response, int]:
    """Ask a task to stop: `{force?}`. 202, and the action that is under way; its receipt comes in the task's row."""
    force = json_body.read({"force"}).get("force", False)
    if not isinstance(force, bool):
        raise BadFields({"force": "This is true or false."})
    _check_id(task_id)
    try:
        return jsonify(action=_actions().stop(task_id, force, _by())), 202
    except Refused as error:
        raise _refusal(error.code) from None


@actions.post("/tasks/<task_id>/rerun")
def rerun(task_id: str) -> tuple[Response, int, dict[str, str]]:
    """Run an ended task again, with its own arguments or with those given: `{args?, kwargs?}`."""
    body = json_body.read({"args", "kwargs"})
    _check_id(task_id)
    row = table().row(task_id) or {}
    args, kwargs = _arguments(row, body)
    key = hashlib.sha256(json.dumps([args, kwargs], sort_keys=True).encode()).hexdigest()[:16]
    try:
        new_id, is_new = _actions().rerun(task_id, key, _by())
    except Refused as error:
        raise _refusal(error.code) from None
    if is_new:
        _send(row, args, kwargs, new_id)
    location = url_for("pages.task", task_id=new_id)
    return jsonify(task_id=new_id, location=location), 202, {"Location": location}


def _send(row: dict[str, Any], args: list[Any], kwargs: dict[str, Any], new_id: str) -> None:
    try:
        start_task(row["name"], args, kwargs, task_id=new_id, queue=row["queue"] or None, rerun_of=row["task_id"])
    except (redis.RedisError, OperationalError):
        _actions().tell(row["task_id"], "refused", "The queue could not be reached. Try again in a moment.")
        raise
    _actions().tell(row["task_id"], "done")


def _arguments(row: dict[str, Any], body: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What is given takes the place of what is kept; for what is neither given nor kept it is refused."""
    if not row:
        raise NotFound(UNKNOWN, "unknown_task")
    kept = row["call"] or {}
    if not row["name"] or ("text" not in kept and len(body) < 2):
        raise Conflict(kept.get("why") or "What it was called with is not known here.", "no_arguments")
    try:
        args, kwargs = call.read(kept.get("text", "{}"))
        return call.read(json.dumps({"args": body.get("args", args), "kwargs": body.get("kwargs", kwargs)}))
    except ValueError as error:
        raise BadRequest(f"The arguments cannot be used: {error}.") from None


@actions.post("/queues/<path:name>/purge")
def purge(name: str) -> dict[str, int]:
    """Empty a queue: `{confirm}` is its name, typed once more. Answers `{purged}`: how many messages it had."""
    if json_body.read({"confirm"}).get("confirm") != name:
        raise BadFields({"confirm": "This must be the name of the queue, exactly."})
    if not settings.broker_url.startswith(("redis", "unix")):
        raise Conflict("Only a queue on Redis can be emptied from here.")
    if not _purge().knows(name):
        raise NotFound("There is no queue of this name.", "unknown_queue")
    return {"purged": _purge().purge(name, _by())}


@cache
def _actions() -> Actions:
    return Actions(log(), celery_app.control)


@cache
def _purge() -> Purge:
    return Purge(log(), connect(settings.broker_url, PURGE_TIMEOUT_S), celery_app.conf.broker_transport_options)


def _by() -> dict[str, str]:
    return {name: value for name, value in sender().items() if value}


def _check_id(task_id: str) -> None:
    if len(task_id) > TASK_ID_LENGTH:
        raise NotFound(UNKNOWN, "unknown_task")


def _refusal(code: str) -> Conflict | NotFound:
    return Conflict(REFUSALS[code], code) if code in REFUSALS else NotFound(UNKNOWN, "unknown_task")

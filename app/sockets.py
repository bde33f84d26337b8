"""The Socket.IO edge: who comes, what they ask to be told, who goes."""

from typing import Any, cast

import redis
from flask import request

from app import rooms
from app.allowance import Allowance
from app.audience import Gone, TooManyRooms
from app.complaints import complaints
from app.errors import BadRequest, NotFound, PushboardError, Unavailable
from app.extensions import lines_room, pictures, presence, relay, snapshots, socketio
from app.ready_json import Ready
from worker.store import Snapshot

MOST_TOKENS, TOKENS_PER_S = 256.0, 20.0
"""Of one connection: enough for all its rooms at once, as after a drop."""

BOARD_COST, TASK_COST = 10.0, 1.0


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there


def _session() -> dict[str, Any]:
    """What is kept for as long as the connection lasts, however often its client says goodbye and hello on it."""
    try:
        return cast(dict[str, Any], socketio.server.get_session(_sid()))
    except KeyError as error:
        raise Gone from error


@socketio.on("connect")
def connect(auth: Any = None) -> None:
    """A browser has come; `auth` is what it says of itself."""
    _session().setdefault("subscribes", Allowance(MOST_TOKENS, TOKENS_PER_S))
    presence.came(_sid(), auth)
    relay.greet(_sid())


def disconnect(sid: str, *_: Any) -> None:
    """A browser has gone. Told without a request of Flask's around it: when a crowd goes, that is most of the work."""
    presence.went(sid)
    relay.audience.leave_all(sid)


@socketio.on("subscribe")
def subscribe(*payload: Any) -> dict[str, Any]:
    """Answer with what the room holds; from here on its frames follow."""
    try:
        return _subscribe(rooms.read(payload[0] if payload else None))
    except PushboardError as error:
        complaints.add("refused a subscribe: %s", error.message)
        return error.as_json()
    except Gone:
        return {}  # nobody hears this
    except redis.RedisError as error:
        complaints.add("a subscribe could not be answered: %s", error)
        return Unavailable().as_json()


@socketio.on("unsubscribe")
def unsubscribe(*payload: Any) -> dict[str, Any]:
    """Tell this client no more of the room."""
    try:
        relay.audience.leave(rooms.read(payload[0] if payload else None).room, _sid())
    except PushboardError as error:
        return error.as_json()
    return {}


@socketio.on("*")
def anything_else(*_: Any) -> dict[str, Any]:
    """There are no other events."""
    return BadRequest("Send subscribe or unsubscribe.", "unknown_event").as_json()


def _subscribe(asked: rooms.Request) -> dict[str, Any]:
    allowance: Allowance = _session()["subscribes"]
    if not allowance.spend(BOARD_COST if asked.room in (rooms.BOARD, rooms.LOGS) else TASK_COST):
        raise BadRequest("That is too often: wait a moment before the next subscribe.", "too_fast")
    if relay.audience.is_full(_sid()):
        raise Unavailable("Read what has been sent already, then ask again.")
    try:
        relay.audience.join(asked.room, _sid())  # first join, then read: what happens in between comes as a frame
    except TooManyRooms as error:
        raise BadRequest(f"At most {rooms.MOST_ROOMS} rooms a connection.", "too_many_rooms") from error
    try:
        return _read_room(asked)
    except Exception as error:
        # Who had the task before stays: if Redis lost its data, a task that still runs will be there again.
        if not (asked.epoch and isinstance(error, NotFound)):
            relay.audience.leave(asked.room, _sid())
        raise


def _read_room(asked: rooms.Request) -> dict[str, Any]:
    if rooms.is_of_logs(asked.room):
        return lines_room.snapshot(asked)
    if asked.room in pictures:
        return {"room": asked.room, "recovered": False, **pictures[asked.room].picture()}
    return _answer(asked, _read(asked))


def _read(asked: rooms.Request) -> Snapshot:
    task_id = rooms.task_id_of(asked.room)
    snapshot = snapshots().task(task_id) if task_id else snapshots().board(asked.epoch, asked.offset)
    if snapshot is None:
        raise NotFound("Nobody issued a task with this id, or it has expired.", "unknown_task")
    return snapshot


def _answer(asked: rooms.Request, snapshot: Snapshot) -> dict[str, Any]:
    is_task = asked.room != rooms.BOARD  # its one row is all there is, before and after
    relay.healed.subscribed(asked.epoch, snapshot.epoch, snapshot.recovered or is_task)
    place = {"room": asked.room, "epoch": snapshot.epoch, "offset": snapshot.offset, "now": snapshot.now_s}
    counts = {"counts": snapshot.counts} if asked.room == rooms.BOARD else {}
    return {**place, "recovered": snapshot.recovered, "rows": Ready(snapshot.text), **counts}

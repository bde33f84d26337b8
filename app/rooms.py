"""Room names, and which of a task's changes go into which room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import BadRequest, NotFound
from app.lines import Filter
from worker.events import DETAILS, TASK_ID_LENGTH

BOARD = "board"
WORKERS = "workers"
STATISTICS = "statistics"
OUTLOOKS = "outlooks"
ALARMS = "alarms"
PICTURES = frozenset({WORKERS, STATISTICS, OUTLOOKS, ALARMS})
"""Rooms that are looked at once a second, and whose places are not the log's."""

TASK_PREFIX = "task:"
LOGS = "logs"
LOGS_OF_TASK, LOGS_OF_WORKER = "logs:task:", "logs:worker:"
LONGEST_NAME = TASK_ID_LENGTH + len(LOGS_OF_WORKER)
MOST_ROOMS = 128
"""How many rooms one connection may be in."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks to be told: a room, and from where on."""

    room: str
    epoch: str = ""
    offset: str = ""


def read(payload: object) -> Request:
    """A client's subscribe. Raises BadRequest or NotFound; nothing in it is trusted."""
    if not isinstance(payload, Mapping):
        raise BadRequest("Send an object such as {room: 'board'}.")
    given = [payload.get(name) if payload.get(name) is not None else "" for name in ("room", "epoch", "offset")]
    if not all(isinstance(text, str) and len(text) <= LONGEST_NAME for text in given):
        raise BadRequest("room, epoch and offset must be short texts.")
    request = Request(*(str(text) for text in given))
    if request.room not in {BOARD, *PICTURES} and not task_id_of(request.room) and not is_of_logs(request.room):
        raise NotFound("There is no such room.", "unknown_room")
    return request


def task_id_of(room: str) -> str:
    """The task that a room is about, or "" for another room."""
    return room[len(TASK_PREFIX) :] if room.startswith(TASK_PREFIX) else ""


def of_task(task_id: str) -> str:
    """The room of one task."""
    return TASK_PREFIX + task_id


def is_of_logs(room: str) -> bool:
    """Whether the room tells log lines: of all, of one task or of one worker."""
    return room == LOGS or bool(log_task_of(room)) or (room.startswith(LOGS_OF_WORKER) and room != LOGS_OF_WORKER)


def log_task_of(room: str) -> str:
    """The task whose log lines a room tells, or "" for another room."""
    return room[len(LOGS_OF_TASK) :] if room.startswith(LOGS_OF_TASK) else ""


def lines_of(room: str) -> Filter:
    """Which log lines a room tells."""
    worker = room[len(LOGS_OF_WORKER) :] if room.startswith(LOGS_OF_WORKER) else ""
    return Filter(worker=worker, task=log_task_of(room))


def told_of(changes: Mapping[str, Any], parent: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """Which room is told what of a task's changes. parent: the task that sent it, if it is shown with that one."""
    small = changes_for(BOARD, changes)
    told = [(BOARD, small), (of_task(changes["task_id"]), changes)]
    return [*told, (of_task(parent), small)] if parent else told


def changes_for(room: str, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a room is told of a task's changes: the board goes without the details."""
    if room != BOARD or DETAILS.isdisjoint(changes):
        return changes
    return {name: value for name, value in changes.items() if name not in DETAILS}

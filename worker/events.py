"""The event: what happened to a task, as it is appended to the log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from worker import states, values
from worker.steps import STEPS

TEXT_LENGTHS = {
    "name": 300,
    "queue": 200,
    "worker": 200,
    "state": 60,
    "note": values.NOTE_LENGTH,
    "summary": values.SUMMARY_LENGTH,
    "args": values.ARGUMENTS_LENGTH,
    "kwargs": values.ARGUMENTS_LENGTH,
    "error": 2_000,
    "traceback": values.DETAIL_LENGTH,
    "rerun_of": 200,
    "parent_id": 200,
    "root_id": 200,
}
NUMBERS = ("attempt", "retries", "current", "total", "reports", "eta", "children")
STAMPS = ("sent_at", "received_at", "started_at", "progress_at", "ended_at")
JSON_LENGTHS = {
    "meta": 8_000,
    "result": values.DETAIL_LENGTH,
    "sender": 1_000,
    "call": 2 * values.CALL_LENGTH + 100,
    "action": 2_000,
}

DETAILS = frozenset(
    {"args", "kwargs", "meta", "result", "error", "traceback", "sender", "call", "rerun_of", "action"}
    | {"parent_id", "root_id", "children", *STEPS}
)
"""Fields of the one task's room; the board's rows go without them."""

FIELDS = ("task_id", "offset", "heard", *TEXT_LENGTHS, *NUMBERS, *STAMPS, *JSON_LENGTHS, *STEPS)
"""Every field of a row. heard: the offset of the first event, by which lists are ordered."""

BOARD_FIELDS = tuple(name for name in FIELDS if name not in DETAILS)
"""The fields of a row on the board."""

TASK_ID_LENGTH = 200

SENDER_HEADER = "pushboard"
"""The header of a task's message that says who asked for it: `{user, address, rerun_of?}`, each a text or null."""

WITHDRAWN = "Revoked before it began"
"""How a task ends that was revoked while it waited."""

PURGED = "Purged from its queue"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a task.

    type: past tense, such as `task-progressed`. state: the state it leads to, or None if it leads to none.
    run: names one execution of the task; events of a run that a later one has superseded are refused.
    stamp: the time field that Redis' clock is written into. fields: other fields of the row. who: fields for a row
    that does not know who runs the task, as `encode_who` writes them. lines: how many log lines the run had written
    before this, if it tells of it itself.
    """

    type: str
    task_id: str
    state: str | None = None
    run: str = ""
    attempt: int = 0
    stamp: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    lines: int | None = None

    def encode(self) -> list[str]:
        """Field names and JSON texts in turn, bounded in length, ready to be stored."""
        pairs: list[str] = []
        for name, value in self.fields.items():
            pairs += (name, encode_field(name, value))
        return pairs


def encode_field(name: str, value: object) -> str:
    """One field's value as JSON. Raises KeyError for a field that no row has."""
    if value is None:
        return "null"
    if name in NUMBERS or name in STAMPS:
        return json.dumps(values.number(value))
    if name in JSON_LENGTHS:
        return values.encode(value, JSON_LENGTHS[name])
    return json.dumps(values.text(value, TEXT_LENGTHS[name]), ensure_ascii=False)


def encode_who(fields: Mapping[str, Any]) -> str:
    """Fields that are the same in each event of a run: encoded once, and read only where Redis has lost the row."""
    encoded = {name: encode_field(name, value) for name, value in fields.items()}
    return json.dumps(encoded, ensure_ascii=False) if encoded else ""


def decode_row(stored: Mapping[str, str], offset: str = "") -> dict[str, Any]:
    """A row, or changes to one, from Redis. Raises ValueError for what no Pushboard wrote.

    offset: of changes, which do not say it themselves.
    """
    texts = [f'"{name}":{value}' for name, value in stored.items() if name in FIELDS]
    try:
        row: dict[str, Any] = json.loads(f"{{{','.join(texts)}}}")  # as one text: reading each by itself costs twice
    except RecursionError:
        raise ValueError("nested too deep") from None
    if len(row) != len(texts):
        raise ValueError("a field is more than one value")
    if offset:
        row["offset"] = offset
    if not (_is_text(row.get("task_id")) and _is_text(row.get("offset")) and _is_text(row.get("state", ""))):
        raise ValueError("task_id, offset or state is not text")
    return row


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def sent(task_id: str, name: str, queue: str, **fields: Any) -> Event:
    """A message with the task was put on a queue."""
    shown = {"name": name, "queue": queue, **fields}
    return Event("task-sent", task_id, states.PENDING, stamp="sent_at", fields=shown)


def progressed(
    task_id: str,
    run: str,
    attempt: int,
    state: str,
    fields: Mapping[str, Any],
    who: str = "",
    lines: int | None = None,
) -> Event:
    """A running task said how far it is."""
    return Event("task-progressed", task_id, state, run, attempt, "progress_at", fields, who, lines)


def ended(kind: str, task_id: str, state: str, run: str = "", attempt: int = 0, **fields: Any) -> Event:
    """A task came to one of the final states."""
    return Event(f"task-{kind}", task_id, state, run, attempt, "ended_at", fields)


def put_back(task_id: str, run: str, why: str) -> Event:
    """What ran a task has died; its message is on its queue again. The run is over, also if it should come back."""
    return Event("task-put-back", task_id, states.RETRY, run, fields={"note": f"{why}; it runs again", "eta": None})


def withdrawn(task_id: str) -> Event:
    """A task that waits is not to be begun. Told of one that has begun, or that nobody knows, it is refused."""
    return ended("withdrawn", task_id, states.REVOKED, summary=WITHDRAWN)


def lost(task_id: str, run: str, why: str) -> Event:
    """What ran a task has died, and it does not run again. The run is over, also if it should come back."""
    return ended("lost", task_id, states.LOST, run, summary=why)


def asked(task_id: str, action: Mapping[str, Any]) -> Event:
    """Somebody asks something of a task; `action` as in docs/protocol.md."""
    return Event("task-action-asked", task_id, fields={"action": action})


def seen(task_id: str, run: str = "") -> Event:
    """A worker knows what is asked of a task; nothing happens where nothing is."""
    return Event("task-action-seen", task_id, run=run)


def told(task_id: str, action: Mapping[str, Any]) -> Event:
    """What has become of something that was asked of a task."""
    return Event("task-action-told", task_id, fields={"action": action})


def purged(task_id: str, action: Mapping[str, Any]) -> Event:
    """A task's message was taken off its queue. Told of a task that has begun it is refused."""
    return ended("withdrawn", task_id, states.REVOKED, summary=PURGED, action=action)

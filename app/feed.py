"""One room's news: what changed since its last frame, and when the next frame is due."""

import time
from collections.abc import Mapping
from typing import Any

from worker.events import FIELDS

INTERVAL_S = 0.05
"""A room gets at most 20 frames a second."""

NEW_ROW: Mapping[str, Any] = dict.fromkeys(FIELDS)


class Feed:
    """Conflates a room's changes: of each task only the newest value of each field waits."""

    __slots__ = ("due", "moved", "pending", "prev", "sids", "urgent")

    def __init__(self, offset: str) -> None:
        """`offset`: what the room's watchers are to have read up to, at least."""
        self.prev = offset
        self.sids: set[str] = set()
        self.pending: dict[str, dict[str, Any]] = {}
        self.due = 0.0
        self.urgent = False
        self.moved = False

    def add(self, changes: Mapping[str, Any], urgent: bool) -> None:
        """Take in one task's changes; `urgent` ones do not wait for the next frame's time."""
        had = self.pending.setdefault(changes["task_id"], {})
        if "gone" in changes:
            had.clear()
        elif had.pop("gone", False):
            had.update(NEW_ROW)  # the id is in use again: nothing of its old row may shine through
        had.update(changes)
        self.urgent = self.urgent or urgent
        self.moved = self.moved or "state" in changes or "gone" in changes

    def is_due(self, now: float) -> bool:
        """Whether a frame is to go out now: the first after a quiet moment goes at once."""
        return bool(self.pending) and (self.urgent or now >= self.due)

    def take(self, offset: str) -> dict[str, Any]:
        """The frame's prev, offset and rows; the next one is due an interval later."""
        frame = {"prev": self.prev, "offset": offset, "rows": list(self.pending.values())}
        self.prev, self.pending, self.urgent, self.moved = offset, {}, False, False
        self.due = _after(self.due, time.monotonic())
        return frame


def _after(due: float, now: float) -> float:
    """When the next frame is due: a little late for this one makes all that follow no later."""
    return (due if due <= now < due + INTERVAL_S else now) + INTERVAL_S

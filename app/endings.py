"""The ends that are alarms, as the log tells of them: kept until somebody has counted them."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from app.relay import Relay
from worker.stream import NO_OFFSET, Log

BAD = frozenset({"FAILURE", "REJECTED", "LOST"})
KEPT = 10_000
MOST_READS = 20
"""In one look, of 1,000 entries each: what happened while no web process was there. The next look goes on."""

FIELDS = ("task_id", "offset", "state", "name", "error", "summary")

Change = Mapping[str, Any]


class Endings:
    """What this process has heard of, and how to read what it has not."""

    def __init__(self, relay: Relay, log: Callable[[], Log]) -> None:
        """`log` is called in the background."""
        self._relay, self._log = relay, log
        self._heard: deque[Change] = deque()
        self._complete_from = ""
        self._has_begun = False
        self._resets = -1
        relay.hearers.append(self._hear)

    def _hear(self, change: Change) -> None:
        if change.get("state") not in BAD:
            return
        self._heard.append({name: change.get(name) for name in FIELDS})
        if len(self._heard) > KEPT:
            self._complete_from = self._heard.popleft()["offset"]

    def forget(self, offset: str) -> None:
        """What is not after it has been counted."""
        self._has_begun = self._has_begun or bool(offset)
        while self._heard and self._heard[0]["offset"] <= offset:
            self._heard.popleft()

    def since(self, offset: str) -> tuple[str, list[Change]]:
        """After an offset, and up to where that is ("": nobody knows now); with "", the first time ever, nothing yet.

        They are kept until it is said that they may be forgotten.
        """
        at = self._relay.offset
        if self._resets != self._relay.healed.resets:
            self._resets, self._complete_from = self._relay.healed.resets, at
        if not self._relay.live:
            return "", []
        if not offset:
            if not self._has_begun:
                return at, []
            offset = NO_OFFSET  # Redis has lost its data: all that is in the log is news
        if offset > at:  # either another web process has read on further, or the log has lost what was counted
            return ("" if self._log().open()[1] >= offset else at), []
        until, missed = self._read(offset, self._complete_from)
        if until < self._complete_from:
            return until, missed
        self.forget(max(offset, self._complete_from) if missed else offset)
        return at, [*missed, *(change for change in self._heard if change["offset"] <= at)]

    def _read(self, offset: str, until: str) -> tuple[str, list[Change]]:
        """From the log itself, and how far it has been read. May raise redis.RedisError."""
        found: list[Change] = []
        for _ in range(MOST_READS):
            if offset >= until:
                break
            entries = self._log().read_after(offset)
            if not entries:
                return until, found
            offset = entries[-1].offset
            changes = [entry.changes for entry in entries if entry.changes and entry.offset <= until]
            found += [change for change in changes if change.get("state") in BAD]
        return min(offset, until), found

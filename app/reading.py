"""Reads on in the log: how much at once, and whether nothing is missing."""

from collections.abc import Sequence

import redis

from worker.stream import READ_COUNT, Entry, Log

FEWEST_READ = 10


class Reading:
    """Asks for as much as Redis answers without cutting us off."""

    def __init__(self) -> None:
        """As much as may be, at first."""
        self._most = READ_COUNT

    def after(self, offset: str, log: Log, block_ms: int) -> list[Entry]:
        """What comes next; less at once after Redis has cut us off, as it does where an answer is too long for it."""
        try:
            entries = log.read_after(offset, block_ms, self._most)
        except redis.ConnectionError:
            self._most = max(self._most // 4, FEWEST_READ)
            raise
        if len(entries) < self._most:
            self._most = READ_COUNT
        return entries


def is_whole(entries: Sequence[Entry], offset: str, known: str) -> bool:
    """Whether nothing is missing after `offset`: each entry names the one before it, and what is known has come."""
    at = offset
    for entry in entries:
        if entry.prev > at:
            return False
        at = max(at, entry.offset)
    return bool(entries) or known <= offset

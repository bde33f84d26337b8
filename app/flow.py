"""How many tasks came into each queue and went from it in the last minute, as the log tells."""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from worker import states

WINDOW_S = 60
MOST_QUEUES = 1_000

Rates = tuple[int | None, int | None]


class Flow:
    """Counts by the second, of Redis' clock: an entry's offset is its time."""

    def __init__(self) -> None:
        """Nothing is known before a whole minute was followed."""
        self._since_s: int | None = None
        self._seconds: deque[tuple[int, Counter[tuple[str, str]]]] = deque()

    def begin(self, now_s: float) -> None:
        """What was before this moment was not seen, or not all of it."""
        self._since_s = int(now_s) + 1
        self._seconds.clear()

    def add(self, changes: Mapping[str, Any]) -> None:
        """Take in one entry of the log."""
        way, queue = _way(changes), changes.get("queue")
        if not way or not isinstance(queue, str):
            return
        second = int(changes["offset"]) // 1_000_000
        if not self._seconds or self._seconds[-1][0] < second:
            self._seconds.append((second, Counter()))
            self._forget(second)
        counter = self._seconds[-1][1]
        if len(counter) < MOST_QUEUES or (way, queue) in counter:
            counter[way, queue] += 1

    def rates(self, queue: str, now_s: float) -> Rates:
        """Tasks that came and that went in the minute before `now_s`; None while that is not known."""
        if self._since_s is None or now_s - self._since_s < WINDOW_S:
            return None, None
        told = [counter for second, counter in list(self._seconds) if 0 <= now_s - second <= WINDOW_S]
        return sum(one["in", queue] for one in told), sum(one["out", queue] for one in told)

    def _forget(self, now: int) -> None:
        while now - self._seconds[0][0] > WINDOW_S:
            self._seconds.popleft()


def _way(changes: Mapping[str, Any]) -> str:
    """A change of state tells the whole small row: a task that came unseen by its sender's side has no `sent_at`."""
    state = changes.get("state")
    if state == states.PENDING or state == states.RETRY:
        return "in"
    if state == states.RECEIVED:
        return "" if changes.get("sent_at") else "in"
    if state == states.STARTED:
        return "out"
    if state is not None and states.is_final(state):
        return "" if changes.get("started_at") else "out"
    return ""

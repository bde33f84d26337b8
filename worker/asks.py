"""What Redis has given to this worker and it never heard of, as the answer was lost on its way: that is found again."""

import time
from collections.abc import Iterable

from worker import deliveries

UNSURE_S = 30.0
"""For so long after a connection broke something may be found: a frozen Redis acts later on what it was sent."""

LOOK_S = 1.0


class Asks:
    """Counts what the worker's main loop has asked for, one at a time; the heartbeat's thread looks."""

    def __init__(self) -> None:
        """Nothing was asked for, and nothing is lost."""
        self._asked = self._answered = 0
        self._unsure_until = self._looked_at = 0.0

    def begin(self) -> None:
        """Ask for a message."""
        self._asked += 1

    def end(self) -> None:
        """It was answered, and what has come is among the deliveries; or no answer comes any more."""
        self._answered = self._asked

    def doubt(self) -> None:
        """A connection has broken: an answer may have been lost with it."""
        self.end()
        self._unsure_until = time.monotonic() + UNSURE_S

    def is_in_doubt(self) -> bool:
        """Whether it is time to look."""
        now = time.monotonic()
        if now > self._unsure_until or now - self._looked_at < LOOK_S:
            return False
        self._looked_at = now
        return True

    def lost(self, owned: Iterable[str]) -> list[str]:
        """Of the delivery tags that were written down as this worker's a moment ago, those it never heard of."""
        asked, answered = self._asked, self._answered  # in this order, and before the deliveries are looked at
        return [tag for tag in owned if not deliveries.knows(tag)] if asked <= answered else []


asks = Asks()
"""This worker's."""

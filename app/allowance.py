"""How much a connection may ask for: a token bucket."""

import time

MOST = 256.0
"""Enough for all the rooms of a connection at once, as after a drop."""

PER_S = 20.0
BOARD_COST, TASK_COST = 10.0, 1.0


class Allowance:
    """Tokens that come back with time."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        """Full at the start."""
        self._left, self._at = MOST, time.monotonic()

    def spend(self, cost: float) -> bool:
        """Whether there is enough left; if so, it is spent."""
        now = time.monotonic()
        self._left, self._at = min(MOST, self._left + (now - self._at) * PER_S), now
        if self._left < cost:
            return False
        self._left -= cost
        return True

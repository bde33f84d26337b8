"""How much somebody may ask for: a token bucket."""

import time


class Allowance:
    """Tokens that come back with time."""

    __slots__ = ("_at", "_left", "_most", "_per_s")

    def __init__(self, most: float, per_s: float) -> None:
        """Full at the start: `most` tokens, of which `per_s` come back each second."""
        self._most, self._per_s = most, per_s
        self._left, self._at = most, time.monotonic()

    def spend(self, cost: float = 1.0) -> bool:
        """Whether there is enough left; if so, it is spent."""
        now = time.monotonic()
        self._left, self._at = min(self._most, self._left + (now - self._at) * self._per_s), now
        if self._left < cost:
            return False
        self._left -= cost
        return True

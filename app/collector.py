"""When the garbage collector looks at everything: not while a crowd is here, which it stops for up to 300 ms."""

import gc
import time
from collections.abc import Callable

YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000_000
"""Thresholds: what is young is looked at often, as it costs little; all of it only as said below."""

LOOK_S = 5.0
LONGEST_S = 600.0
FEW = 0.5


class Collector:
    """Collects when half of the clients have gone, since they are what leaves garbage; and every ten minutes."""

    def __init__(self, clients: Callable[[], int], sleep: Callable[[float], None]) -> None:
        """`clients`: how many there are."""
        self._clients, self._sleep = clients, sleep
        self._most = 0
        self._at = time.monotonic()

    def run(self) -> None:
        """For ever, in the background."""
        gc.collect()
        gc.freeze()  # what is here now stays
        gc.set_threshold(YOUNG, MIDDLE, NEVER)
        while True:
            self._sleep(LOOK_S)
            self._look()

    def _look(self) -> None:
        clients = self._clients()
        self._most = max(self._most, clients)
        if clients < self._most * FEW or time.monotonic() - self._at > LONGEST_S:
            gc.collect()
            self._most, self._at = clients, time.monotonic()

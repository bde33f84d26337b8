"""Whether the worker's main loop still turns: a heartbeat from beside it would go on beating for one that hangs."""

import logging
import time
from typing import Any

from celery.signals import worker_shutting_down

logger = logging.getLogger(__name__)

TURN_S = 1.0

UNWATCHED_POOLS = {"solo"}
"""Pools whose tasks run in the main loop: it stands still for as long as they take."""


class Pulse:
    """Seconds since the main loop turned last, as seen from another thread.

    A timer in the loop notes the time. Celery throws all timers away when the connection to the broker breaks, and
    waits, perhaps for long, until there is one again: so without the timer nothing is held against the loop.
    """

    def __init__(self, consumer: Any) -> None:
        """`consumer`: Celery's, ready. Without an event loop (gevent, solo) nothing can be told."""
        watched = type(consumer.pool).__module__.rpartition(".")[2] not in UNWATCHED_POOLS
        self._hub: Any = consumer.hub if watched else None
        self._shuts_down = self._has_stopped = False
        self._entry: Any = None
        self._turned_at = 0.0
        worker_shutting_down.connect(self._end)

    def age_s(self) -> float:
        """Seconds since the loop turned last; 0 while that cannot be told."""
        if self._hub is None or self._shuts_down:
            return 0.0
        if not self._is_armed():
            self._hub.call_soon(self._arm)
            return 0.0
        return time.monotonic() - self._turned_at

    def has_stopped(self, after_s: float) -> bool:
        """Whether it has not turned for so long. Such a worker must not keep the others from doing its work."""
        stopped = self.age_s() >= after_s
        if stopped and not self._has_stopped:
            logger.error("the main loop has stood still for %g s: this worker is not said to live any more", after_s)
        self._has_stopped = stopped
        return stopped

    def _is_armed(self) -> bool:
        return any(scheduled.entry is self._entry for scheduled in list(self._hub.timer._queue))

    def _arm(self) -> None:
        """In the loop, where alone its timers may be touched."""
        if not self._is_armed():
            self._turned_at = time.monotonic()
            self._entry = self._hub.timer.call_repeatedly(TURN_S, self._turn)

    def _turn(self) -> None:
        self._turned_at = time.monotonic()

    def _end(self, **_: Any) -> None:
        """From now on the main thread waits for the pool, and the loop may stand still."""
        self._shuts_down = True

"""Does something so many times a second, in a thread, until it is stopped."""

import threading
import time
from collections.abc import Callable
from typing import Any

TURN_S = 0.001


class Pace:
    """What is late is made up for; how late it ever was is told, as what comes late is no such load."""

    def __init__(self, do: Callable[[int], None], per_s: float, most: int | None = None) -> None:
        """`do` is given the number of the time, from 0; `most`: how often at most."""
        self._do, self._per_s, self._most = do, per_s, most
        self._stopped = threading.Event()
        self._done, self._latest_s = 0, 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._stopped.is_set() and self._done != self._most:
            due = started + self._done / self._per_s
            now = time.monotonic()
            if now < due:
                time.sleep(max(min(due - now, 0.05), TURN_S))
                continue
            self._latest_s = max(self._latest_s, now - due)
            self._do(self._done)
            self._done += 1

    def stop(self) -> dict[str, Any]:
        """How often it was done, and how late at worst."""
        self._stopped.set()
        self._thread.join()
        return {"done": self._done, "latest_s": self._latest_s}

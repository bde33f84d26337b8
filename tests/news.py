"""Tasks that say so much that a client which does not read is soon behind."""

import json
import threading

from tests.asking import ask
from tests.processes import Service
from worker import events, states
from worker.stream import Log

TASKS = 100


class News:
    """They report again and again, until the end of the `with`."""

    def __init__(self, log: Log) -> None:
        self._log, self._over = log, threading.Event()
        self.step = 0
        self._thread = threading.Thread(target=self._report)

    def _report(self) -> None:
        while not self._over.is_set():
            self.step += 1
            for number in range(TASKS):
                fields = {"current": self.step, "total": 10_000, "note": f"{self.step} " + "ü" * 480}
                self._log.append(events.progressed(f"t{number}", "r1", 1, states.PROGRESS, fields))

    def __enter__(self) -> "News":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def skipped(web: Service) -> int:
    """How many frames have not been sent, as their client was behind."""
    return int(json.loads(ask(web, "/readyz")[2])["healed"]["skipped_frames"])

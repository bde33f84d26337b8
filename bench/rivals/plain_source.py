"""`python -m bench.rivals.plain_source`: tasks that emit each update through Flask-SocketIO's message queue."""

import os
import time
import uuid
from typing import Any

from flask_socketio import SocketIO

from bench.pace import Pace
from bench.player import obey

TOTAL = 1_000_000


class Source:
    """As many tasks as there are asked for."""

    def __init__(self) -> None:
        self._socketio = SocketIO(message_queue=os.environ["REDIS_URL"])
        self._tasks: list[str] = []
        self._pace: Pace | None = None

    def start(self, tasks: int) -> list[str]:
        """Let so many tasks begin; their ids."""
        self._tasks = [str(uuid.uuid4()) for _ in range(tasks)]
        return self._tasks

    def report(self, hz: float) -> None:
        """Let each of them report so many times a second, in turn, until `stop`."""
        self._pace = Pace(self._emit, hz * len(self._tasks))

    def end(self, hz: float) -> None:
        """So many events a second of the first task, until `stop`."""
        del self._tasks[1:]
        self._pace = Pace(self._emit, hz)

    def stop(self) -> dict[str, Any]:
        """Stop, and tell how it went."""
        assert self._pace
        return self._pace.stop()

    def _emit(self, number: int) -> None:
        task = self._tasks[number % len(self._tasks)]
        told = {"state": "PROGRESS", "current": number // len(self._tasks), "total": TOTAL}
        self._socketio.emit(
            "progress", {"task_id": task, **told, "note": f"{time.monotonic():.4f} Packing box"}, to=task
        )


if __name__ == "__main__":
    source = Source()
    obey({"start": source.start, "report": source.report, "end": source.end, "stop": source.stop})

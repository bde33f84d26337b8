"""`python -m bench.rivals.polling`: tasks that call Celery's update_state, and a page that asks how far they are."""

import http.client
import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

from celery import Celery

from bench.freshness import Told, ages_and_delays, summary
from bench.pace import Pace
from bench.player import obey

EVERY_S = 2.0
TOTAL = 1_000_000


class Polling:
    """As many tasks as there are asked for; each of them is asked for every two seconds."""

    def __init__(self) -> None:
        self._backend = Celery(backend=os.environ["REDIS_URL"]).backend
        self._tasks: list[str] = []
        self._pace: Pace | None = None

    def start(self, tasks: int) -> None:
        """Let so many tasks begin."""
        self._tasks = [str(uuid.uuid4()) for _ in range(tasks)]

    def report(self, hz: float) -> None:
        """Let each of them call update_state so many times a second, in turn, until `stop`."""
        self._pace = Pace(self._update, hz * len(self._tasks))

    def stop(self) -> dict[str, Any]:
        """Stop, and tell how it went."""
        assert self._pace
        return self._pace.stop()

    def poll(self, port: int, seconds: float) -> dict[str, float]:
        """For so long; how long it took until a report could be read."""
        _, delays = ages_and_delays(self._answers(port, time.monotonic() + seconds))
        return summary(delays)

    def _update(self, number: int) -> None:
        meta = {"current": number // len(self._tasks), "total": TOTAL, "status": f"{time.monotonic():.4f} Packing box"}
        self._backend.store_result(self._tasks[number % len(self._tasks)], meta, "PROGRESS")

    def _answers(self, port: int, until: float) -> Iterator[tuple[float, Told]]:
        """Of the tasks in turn, evenly over the two seconds: all at once would be worse."""
        line = http.client.HTTPConnection("127.0.0.1", port)
        due = time.monotonic()
        while due < until:
            task = self._tasks[round(due / EVERY_S * len(self._tasks)) % len(self._tasks)]
            time.sleep(max(due - time.monotonic(), 0))
            line.request("GET", f"/status/{task}")
            answer = json.loads(line.getresponse().read())
            if "current" in answer:
                yield time.monotonic(), {"task_id": task, "current": answer["current"], "note": answer["status"]}
            due += EVERY_S / len(self._tasks)


if __name__ == "__main__":
    polling = Polling()
    obey({"start": polling.start, "report": polling.report, "poll": polling.poll, "stop": polling.stop})

"""`python -m bench.source`: tasks that run and report, by the worker's own code, without Celery around it."""

import time
import uuid
from typing import Any

from bench.pace import Pace
from bench.player import obey
from worker import events, states
from worker.events import Event
from worker.outbox import outbox
from worker.progress import current_run, report
from worker.run import Run

NAME = "media.transcode_video"
WHO = {"name": NAME, "worker": "worker-1@host", "queue": "celery", "retries": 0}
TOTAL = 1_000_000


def note() -> str:
    """The clock, which is the same for all processes of a machine, and some words as tasks have them."""
    return f"{time.monotonic():.4f} Packing box"


class Source:
    """As many tasks as there are asked for."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._pace: Pace | None = None

    def start(self, tasks: int) -> list[str]:
        """Let so many tasks begin; their ids."""
        self._runs = [Run(str(uuid.uuid4()), who=WHO) for _ in range(tasks)]
        for run in self._runs:
            outbox().put(events.sent(run.task_id, NAME, "celery", args="('holiday.mov',)"))
            self._begin(run)
        self._flush()
        return [run.task_id for run in self._runs]

    def report(self, hz: float) -> None:
        """Let each of them report so many times a second, in turn, until `stop`."""
        self._pace = Pace(self._report, hz * len(self._runs))

    def end(self, hz: float) -> None:
        """Let the first task end, begin again, and so on: that many events a second, until `stop`."""
        self._pace = Pace(self._end_or_begin, hz)

    def stop(self) -> dict[str, Any]:
        """Stop, and tell how it went; all that was reported has been appended then."""
        assert self._pace
        told = self._pace.stop()
        self._flush()
        return told

    def _report(self, number: int) -> None:
        current_run.set(self._runs[number % len(self._runs)])
        report(number // len(self._runs), TOTAL, note())

    def _end_or_begin(self, number: int) -> None:
        run = self._runs[0]
        if number % 2 == 0:
            outbox().put(events.ended("succeeded", run.task_id, states.SUCCESS, run.id, run.attempt, note=note()), run)
        else:
            self._runs[0] = Run(run.task_id, who=WHO)
            self._begin(self._runs[0])

    @staticmethod
    def _begin(run: Run) -> None:
        fields = {**WHO, "note": note()}
        outbox().put(Event("task-started", run.task_id, states.STARTED, run.id, 0, "started_at", fields), run)

    @staticmethod
    def _flush() -> None:
        if not outbox().flush(10.0):
            raise TimeoutError("Redis takes nothing")


if __name__ == "__main__":
    source = Source()
    obey({"start": source.start, "report": source.report, "end": source.end, "stop": source.stop})

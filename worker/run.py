"""One execution of a task, and the newest that it has reported."""

import itertools
import logging
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from typing import Any

from celery.exceptions import Ignore

from worker import events, states, values
from worker.events import Event
from worker.stream import Appended

logger = logging.getLogger(__name__)

INTERVAL_S = 0.05
"""The shortest time between two appends of one run's progress."""

CLOSE_TIMEOUT_S = 10.0
"""How long a task's end waits for a mirroring under way, which would overwrite it: longer than any answer of the result
backend may take. The backend that keeps the mirroring waiting would keep the end waiting as well."""

MIRROR_LENGTH = 100_000
"""More characters of progress than this go to AsyncResult cut, as to the board."""

MIRROR_PAUSE_S = 5.0
"""After progress could not be mirrored: a backend that is away costs seconds at each try."""


class Stop(Ignore):  # type: ignore[misc]  # Celery is not typed
    """Raised in a task by its next report: it is to run no further. Celery ends it quietly and keeps no result."""


class Superseded(Stop):
    """A later attempt of the same task has taken over, or this one was given up for lost."""


class Stopped(Stop):
    """Somebody has asked for the task to be stopped. What it does on its way out, in `finally` say, may report."""


class Run:
    """Keeps the newest report of a run until it is appended.

    A report goes into `reported` before `due` is read, and a look that finds nothing clears `due` before it looks once
    more: so a throttled report is always seen by a look that follows, and the newest value is never left behind.

    A run that is to be stopped keeps `due` at 0: each of its reports asks `go_on`, and the others pay nothing for it.
    """

    __slots__ = (
        "_who",
        "attempt",
        "backend",
        "count",
        "due",
        "id",
        "lines",
        "lock",
        "look_at",
        "mirror_at",
        "newest",
        "reported",
        "request",
        "stop",
        "task_id",
        "who",
    )

    def __init__(
        self, task_id: str, backend: Any = None, request: Any = None, who: Mapping[str, Any] | None = None
    ) -> None:
        """`backend`: Celery's result backend, into which progress is mirrored for AsyncResult, or None.

        `who`: name, worker, queue and retries. They go with every event: a row that Redis lost comes back with a name.
        """
        self.id = uuid.uuid4().hex[:16]  # enough to tell the runs of one task apart
        self.task_id = task_id
        self.attempt = self.lines = 0
        self.backend = backend
        self.request = request
        self.who = dict(who or {})
        self._who = events.encode_who(self.who)
        self.due = self.look_at = self.mirror_at = 0.0
        self.reported: deque[tuple[Any, ...]] = deque(maxlen=1)  # append and pop are atomic
        self.newest: Mapping[str, Any] = {}
        self.stop: type[Stop] | None = None
        self.lock = threading.Lock()
        self.count = itertools.count(1).__next__  # in C: also two threads of a task never get the same number

    def next_line(self) -> tuple[str, int]:
        """Which run logs this line, and which of its lines it is; reports and events say how many came before."""
        self.lines = number = self.count()
        return self.id[:8], number  # enough to tell a task's runs apart; steps have as much of it

    def go_on(self) -> None:
        """Raise Stop in the task if this run is to end, unless it is on its way out already."""
        if self.stop is not None and not _is_leaving():
            raise self.stop

    def give_way(self) -> None:
        """Raise Superseded if nothing of this run may be kept, however it has ended."""
        if self.stop is Superseded:
            raise self.stop

    @property
    def percent(self) -> str:
        """How far it is, such as "40 %"; "" where it has not said so."""
        fields = self._as_told(self.reported[-1])[1] if self.reported else self.newest
        current, total = values.number(fields.get("current")), values.number(fields.get("total"))
        known = current is not None and total is not None and 0 <= current <= total and total > 0
        return f"{current / total:.0%}".replace("%", " %") if known and current is not None and total else ""

    def take(self) -> Event | None:
        """The newest report as an event, at most once; None if there is no new one."""
        self.due = self.look_at = time.monotonic() + INTERVAL_S
        if not self.reported or self.stop:
            self.due = 0.0  # nobody looks here again until the next report says so
        try:
            reported = self.reported.pop()
        except IndexError:
            return None
        state, self.newest, lines = self._as_told(reported)
        return events.progressed(self.task_id, self.id, self.attempt, state, self.newest, self._who, lines)

    @staticmethod
    def _as_told(reported: tuple[Any, ...]) -> tuple[str, Mapping[str, Any], int]:
        *told, lines = reported
        state, fields = told if len(told) == 2 else (states.PROGRESS, _fields(*told))
        return state, fields, lines

    def appended(self, event: Event, answer: Appended) -> None:
        """Learn what became of an event of this run."""
        if answer.verdict == "superseded":
            self._superseded()
            return
        self.attempt = max(self.attempt, answer.attempt)
        if answer.asked and self.stop is None:
            self.stop, self.due = Stopped, 0.0
        if event.type == "task-progressed":
            self._mirror(event)

    def _superseded(self) -> None:
        if self.stop is None:
            logger.warning("task %s: this run is superseded; it is stopped at its next report", self.task_id)
            self.stop, self.due = Superseded, 0.0

    def _mirror(self, event: Event) -> None:
        """Tell AsyncResult(id).state and .info, unless the task's end is being written."""
        if time.monotonic() < self.mirror_at:
            return
        with self.lock:
            try:
                if self.backend is not None:
                    # Without the underscore it would try for as long as the backend is away, and the board stand still.
                    self.backend._store_result(self.task_id, _bounded(event.fields), event.state, request=self.request)
            except Exception as error:
                if not self.mirror_at:
                    logger.warning("task %s: AsyncResult is told less of its progress: %s", self.task_id, error)
                self.mirror_at = time.monotonic() + MIRROR_PAUSE_S

    def close(self) -> None:
        """Mirror no more: from here on Celery writes the end, which nothing may overwrite."""
        held = self.lock.acquire(timeout=CLOSE_TIMEOUT_S)
        self.backend = None
        if held:
            self.lock.release()


live: dict[str, Run] = {}
"""What is executed in this process now, by task id."""


def _is_leaving() -> bool:
    """Whether a Stop is being handled in this thread: a `finally`, an `except` or the end of a `with` runs."""
    error = sys.exception()
    while error is not None and not isinstance(error, Stop):
        error = error.__context__
    return error is not None


def _fields(current: Any, total: Any, note: str) -> dict[str, Any]:
    return {"current": current, "total": total, "note": note, "meta": None}


def _bounded(fields: Mapping[str, Any]) -> Any:
    """As it was told, or as the board shows it if that is too much to be written twenty times a second."""
    meta = _meta(fields)
    return values.plain(meta) if values.is_long(meta, MIRROR_LENGTH) else meta


def _meta(fields: Mapping[str, Any]) -> Any:
    if fields.get("meta") is not None:
        return fields["meta"]
    return {"current": fields["current"], "total": fields["total"], "status": fields["note"]}

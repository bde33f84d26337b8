"""Catches log records in the process that makes them: the least that can be done on a task's path."""

import logging
import os
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Lock
from traceback import format_exception
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from worker.logs.line import NAME_LENGTH, TEXT_LENGTH, Line

MOST_WAITING = 5_000
"""Lines of one process that wait to be shipped, at most; what does not fit is counted."""

MOST_GAPS = 20
"""Runs of tasks whose lines are being dropped, at most; those of further ones are counted as nobody's."""

NOWHERE = ("", 0)

_Gap = list[Any]  # how many lines, and of the last of them: when, its number in the run, its task's name


class Capture(logging.Handler):
    """Puts each record into a bounded queue. Never blocks, never raises, takes no lock but to count a dropped line."""

    def __init__(self, begin: Callable[[], object]) -> None:
        """`begin` is called in each process at its first line: what empties the queue is to start then."""
        super().__init__()
        self._begin = begin
        self._renew()
        # A forked child has neither its parent's threads nor its lines to ship, and locks in whatever state they were.
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        # Its put is C, and safe in a signal handler: a soft time limit may be raised anywhere in a task.
        self._waiting: SimpleQueue[Line | Event] = SimpleQueue()
        self._lock = Lock()
        self._dropped: dict[tuple[str, str], _Gap] = {}
        self._has_begun = False

    def createLock(self) -> None:  # logging's name
        """None is needed: the queue has its own."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """As a handler does, without a lock."""
        passed = bool(self.filter(record))
        if passed:
            self.emit(record)
        return passed

    def emit(self, record: logging.LogRecord) -> None:
        """Queue it, or count it."""
        if self._waiting.qsize() >= MOST_WAITING:
            run, number = getattr(record, "task_place", NOWHERE)
            task_id, task_name = _short(getattr(record, "task_id", "")), getattr(record, "task_name", "")
            self._lose(task_id, run, task_name, record.created, number, 1)
        else:
            self._waiting.put(_line(record, self._dropped_before(record) if self._dropped else 0))
        if not self._has_begun:
            self._has_begun = True
            self._begin()

    def drop(self, line: Line) -> None:
        """It is lost: counted with the others of its run, and said where the last of them was."""
        self._lose(line.task_id, line.run, line.task_name, line.at, line.number, line.dropped + bool(line.level))

    def _lose(self, task_id: str, run: str, task_name: str, at: float, number: int, lines: int) -> None:
        with self._lock:
            gap = self._dropped.get((task_id, run))
            if gap is None:
                if len(self._dropped) >= MOST_GAPS:
                    task_id = run = task_name = ""
                    number = 0
                gap = self._dropped.setdefault((task_id, run), [0, at, number, task_name])
            gap[0] += lines
            gap[1:3] = at, number

    def mark(self, passed: Event) -> None:
        """Set `passed` when all that waits now is shipped."""
        self._waiting.put(passed)

    def wait(self) -> Line | Event:
        """What comes next, as soon as it is there."""
        return self._waiting.get()

    def take(self, most: int) -> list[Line | Event]:
        """What waits, at most so much; when it is all, how many lines did not fit."""
        taken: list[Line | Event] = []
        try:
            while len(taken) < most:
                taken.append(self._waiting.get_nowait())
        except Empty:
            taken.extend(self._take_dropped())
        return taken

    def _dropped_before(self, record: logging.LogRecord) -> int:
        """How many of the record's own run; what others have lost is said in lines of theirs."""
        own = 0
        for gap in self._take_dropped():
            if (gap.task_id, gap.run) == (_short(getattr(record, "task_id", "")), _place(record)[0]):
                own = gap.dropped
            else:
                self._waiting.put(gap)
        return own

    def _take_dropped(self) -> list[Line]:
        if not self._dropped:
            return []
        with self._lock:
            dropped, self._dropped = self._dropped, {}
        return [
            Line(at, "", "", "", task_id, _short(name), lost, run, number)
            for (task_id, run), (lost, at, number, name) in dropped.items()
        ]


def _line(record: logging.LogRecord, dropped: int) -> Line:
    task_id, task_name = _short(getattr(record, "task_id", "")), _short(getattr(record, "task_name", ""))
    run, number = _place(record)
    text = _text(record)
    return Line(record.created, record.levelname, _short(record.name), text, task_id, task_name, dropped, run, number)


def _place(record: logging.LogRecord) -> tuple[str, int]:
    """Which run of a task, and which line of it."""
    return getattr(record, "task_place", NOWHERE)


def _short(name: object) -> str:
    return str(name or "")[:NAME_LENGTH]


def _text(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            text += "\n" + "".join(format_exception(*record.exc_info)).rstrip("\n")
        if record.stack_info:
            text += "\n" + record.stack_info
    except SoftTimeLimitExceeded:
        raise  # it is the task's
    except Exception as error:
        text = f"{record.msg!r} with {record.args!r} is no message: {type(error).__name__}: {error}"
    more = len(text) - TEXT_LENGTH
    return text if more <= 0 else f"{text[:TEXT_LENGTH]}… ({more:,} more characters)"

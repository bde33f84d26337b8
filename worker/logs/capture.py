"""Catches log records in the process that makes them: the least that can be done on a task's path."""

import logging
import os
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Lock
from traceback import format_exception

from celery.exceptions import SoftTimeLimitExceeded

from worker.logs.line import NAME_LENGTH, TEXT_LENGTH, Line

MOST_WAITING = 5_000
"""Lines of one process that wait to be shipped, at most; what does not fit is counted."""

NOWHERE = ("", 0)


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
        self._dropped = 0
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
            self.drop(1)
        else:
            self._waiting.put(_line(record, self._take_dropped()))
        if not self._has_begun:
            self._has_begun = True
            self._begin()

    def drop(self, lines: int) -> None:
        """So many lines are lost here."""
        with self._lock:
            self._dropped += lines

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
            dropped = self._take_dropped()
            if dropped:
                taken.append(Line(time.time(), "", "", "", dropped=dropped))
        return taken

    def _take_dropped(self) -> int:
        if not self._dropped:
            return 0
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        return dropped


def _line(record: logging.LogRecord, dropped: int) -> Line:
    task_id, task_name = _short(getattr(record, "task_id", "")), _short(getattr(record, "task_name", ""))
    run, number = getattr(record, "task_place", NOWHERE)
    text = _text(record)
    return Line(record.created, record.levelname, _short(record.name), text, task_id, task_name, dropped, run, number)


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

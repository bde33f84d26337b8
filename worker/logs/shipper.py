"""Ships what a process has logged to Redis, in the background: off every task's path."""

import logging
import os
import time
import uuid
from collections.abc import Callable, Sequence
from multiprocessing import current_process
from threading import Event, Thread

import redis

from worker.logs.capture import Capture
from worker.logs.journal import Journal
from worker.logs.line import Line, Source
from worker.masking import masked_text
from worker.refusals import is_passing

logger = logging.getLogger(__name__)

INTERVAL_S = 0.1
"""Between two chunks of a process: lines are on the page well within a second."""

MOST_LINES = 500
"""Of a chunk: 5,000 lines a second of a process at most. What it logs beyond that is dropped; no task is slowed."""

LONGEST_PAUSE_S = 0.5


class Shipper(Thread):
    """Waits for the first line, collects for a moment, and appends a chunk; of one process."""

    def __init__(self, worker: str, capture: Capture, open_journal: Callable[[], Journal]) -> None:
        """`open_journal` is called in the thread: never before a fork."""
        super().__init__(name="pushboard-logs", daemon=True)
        self._capture, self._open_journal = capture, open_journal
        self._source = Source(worker, os.getpid(), current_process().name, uuid.uuid4().hex)
        self._journal: Journal | None = None
        self._number = 0
        self._fault_told = False

    def run(self) -> None:
        """Ship until the process ends."""
        while True:
            first = self._capture.wait()
            time.sleep(INTERVAL_S)
            taken = [first, *self._capture.take(MOST_LINES - 1)]
            self._ship([line._replace(text=masked_text(line.text)) for line in taken if isinstance(line, Line)])
            for mark in taken:
                if isinstance(mark, Event):
                    mark.set()

    def _ship(self, lines: Sequence[Line]) -> None:
        """Until Redis has them, or never will; what is logged in the meantime waits in the queue, as much as fits."""
        pause_s = 0.0
        self._number += 1
        while lines and not self._append(lines):
            pause_s = min(pause_s * 2 + INTERVAL_S, LONGEST_PAUSE_S)
            time.sleep(pause_s)

    def _append(self, lines: Sequence[Line]) -> bool:
        """Whether this chunk is done with."""
        try:
            self._journal = self._journal or self._open_journal()
            self._journal.append(self._source, self._number, time.time(), lines)
            self._fault_told = False
        except Exception as error:
            if isinstance(error, redis.RedisError) and not _is_for_good(error):
                return False
            for line in lines:
                self._capture.drop(line)
            if not self._fault_told:  # once: what is said of it here is a log line, too
                logger.exception("log lines cannot be shipped: %s are dropped", len(lines))
            self._fault_told = True
        return True


def _is_for_good(error: redis.RedisError) -> bool:
    """Whether Redis, or its client, will never take this chunk."""
    return isinstance(error, redis.DataError) or (isinstance(error, redis.ResponseError) and not is_passing(error))

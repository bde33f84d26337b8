"""Appends events to the log in the background, so that no task ever waits for Redis."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable

import redis

from worker import keys
from worker.config import settings
from worker.events import TASK_ID_LENGTH, Event
from worker.refusals import is_for_good
from worker.run import Run
from worker.stream import Log, connect_alone

logger = logging.getLogger(__name__)

MOST_EVENTS = 10_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5

ANSWER_TIMEOUT_S = 1.0
"""A line that has gone dead is given up after this, so that a new one is there soon after it has been mended."""


class Outbox:
    """A bounded queue of events and the thread that empties it; while Redis is away, they wait here.

    Events go out in the order they came in. Progress does not queue: of each run only the newest is kept.
    """

    def __init__(self, open_log: Callable[[], Log]) -> None:
        """`open_log` is called in the thread, at the first event: never before a fork."""
        self.dropped = 0
        self._dropped_told = 0
        self._open_log = open_log
        self._log: Log | None = None
        self._events: deque[tuple[Event, Run | None]] = deque()
        self._runs: dict[str, Run] = {}
        # A soft time limit may be raised anywhere in the task's thread. Within Condition.__enter__, which is Python, it
        # leaves the lock taken; within Thread.is_alive it marks a living thread as ended. So both are bare locks.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._at_work = threading.Lock()  # held by the thread for as long as it lives
        self._goes_out = True
        self._pause_s = 0.0

    def put(self, event: Event, run: Run | None = None) -> None:
        """Append this event soon; what `run` reported before goes out first. Never blocks, never raises."""
        if len(event.task_id) > TASK_ID_LENGTH:
            return  # too long for the board: it is none of its tasks, whoever tells of it
        with self._lock:
            if run:
                self._runs.pop(run.id, None)
                if run.reported and (progress := run.take()):
                    self._events.append((progress, run))
            self._events.append((event, run))
            while len(self._events) > MOST_EVENTS:
                self._events.popleft()
                self.dropped += 1
            self._wake()

    def watch(self, run: Run) -> None:
        """Append what `run` has reported now, and go on looking at it until it goes silent."""
        with self._lock:
            self._runs[run.id] = run
            self._wake()

    def flush(self, timeout_s: float) -> bool:
        """Wait until all is appended, at most `timeout_s`; whether it is."""
        with self._lock:
            return self._changed.wait_for(lambda: not self._events and not self._runs, timeout_s)

    def hurry(self, timeout_s: float) -> None:
        """Let the events go out first, at most for `timeout_s`; once in an outage, as no task is to wait for Redis."""
        with self._lock:
            if self._goes_out:
                self._goes_out = self._changed.wait_for(lambda: not self._events, timeout_s)

    def _wake(self) -> None:
        if not self._at_work.locked():
            threading.Thread(target=self._work, name="pushboard-outbox", daemon=True).start()
        self._changed.notify_all()

    def _work(self) -> None:
        if self._at_work.acquire(blocking=False):
            try:
                self._go_on()
            finally:
                self._at_work.release()

    def _go_on(self) -> None:
        while True:
            self._wait()
            try:
                self._append_events()
                self._append_progress()
                self._tell_dropped()
                self._recovered()
            except redis.RedisError as error:
                self._failed(error)

    def _wait(self) -> None:
        """Until there is an event, or it is time to look at a run; longer while Redis is away."""
        if self._pause_s:
            time.sleep(self._pause_s)
        with self._lock:
            while not self._events:
                rest_s = min((run.look_at for run in self._runs.values()), default=0.0) - time.monotonic()
                if self._runs and rest_s <= 0:
                    return
                self._changed.wait(rest_s if self._runs else None)

    def _append_events(self) -> None:
        while self._events:
            event, run = self._events[0]
            self._append(event, run)
            with self._lock:
                if self._events and self._events[0][0] is event:
                    self._events.popleft()
                self._goes_out = True
                self._changed.notify_all()

    def _append_progress(self) -> None:
        """One look at each run whose time has come; one that said nothing since the last look is left alone."""
        with self._lock:
            due = [run for run in self._runs.values() if time.monotonic() >= run.look_at]
        for run in due:
            if (event := self._take(run)) is None:
                continue
            try:
                self._append(event, run)
            except redis.RedisError:
                with self._lock:
                    self._events.appendleft((event, run))
                raise

    def _take(self, run: Run) -> Event | None:
        """What it has reported, taken when it goes out and no sooner: while others go out it may report anew."""
        with self._lock:
            event = run.take()
            if event is None:
                self._runs.pop(run.id, None)
                self._changed.notify_all()
            return event

    def _append(self, event: Event, run: Run | None) -> None:
        try:
            self._log = self._log or self._open_log()
            answer = self._log.append(event)
            if run:
                run.appended(event, answer)
        except Exception as error:
            if isinstance(error, redis.RedisError) and not is_for_good(error):
                raise
            # A fault of ours must not end the thread: the events behind it still have to go out.
            logger.exception("an event of task %s cannot be appended and is dropped", event.task_id)
            self.dropped += 1

    def _tell_dropped(self) -> None:
        """Count where the web can read it; costs nothing as long as nothing is dropped."""
        if self._log and (more := self.dropped - self._dropped_told):
            self._log.client.hincrby(keys.HEALED, "dropped_events", more)
            self._dropped_told += more

    def _recovered(self) -> None:
        if self._pause_s:
            logger.warning("Redis is back: what waited has been appended")
        self._pause_s = 0.0

    def _failed(self, error: redis.RedisError) -> None:
        if not self._pause_s:
            logger.warning("events wait here until Redis is back: %s", error)
        self._pause_s = min(max(self._pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        if self._log:
            self._log.client.connection_pool.disconnect()  # a replica by now: the address may lead to the new primary


def _open_log() -> Log:
    return Log(connect_alone(settings.redis_url, ANSWER_TIMEOUT_S), settings.limits)


_outbox = Outbox(_open_log)


def outbox() -> Outbox:
    """This process's outbox."""
    return _outbox


def _renew() -> None:
    global _outbox
    _outbox = Outbox(_open_log)


# A forked child inherits neither the thread nor a usable connection, and a lock in whatever state it was.
os.register_at_fork(after_in_child=_renew)

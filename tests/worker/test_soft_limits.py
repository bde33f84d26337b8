"""A soft time limit is an exception that comes from nowhere: also in the middle of a report."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator

import pytest
import redis
from celery.exceptions import SoftTimeLimitExceeded

from worker import events, progress
from worker.outbox import Outbox, outbox
from worker.run import Run
from worker.stream import Log


@pytest.fixture
def soft_limit() -> Iterator[threading.Event]:
    """Set it, and the limit is reached in a moment, as billiard tells it: by SIGUSR1."""
    wanted = threading.Event()
    ended = threading.Event()

    def reach(*_: object) -> None:
        raise SoftTimeLimitExceeded

    def interrupt() -> None:
        while not ended.is_set():
            if wanted.wait(0.1):
                wanted.clear()
                time.sleep(random.uniform(0.0002, 0.0006))
                os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, reach)
    thread = threading.Thread(target=interrupt)
    thread.start()
    yield wanted
    ended.set()
    thread.join()
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture
def busy() -> Iterator[None]:
    """Another thread that wants to run all the time."""
    ended = threading.Event()
    thread = threading.Thread(target=lambda: [sum(range(500)) for _ in iter(ended.is_set, True)])
    thread.start()
    yield
    ended.set()
    thread.join()


def _emptying(box: Outbox) -> int:
    """How many threads do what only one may: two would mix up the order."""
    return sum(getattr(thread._target, "__self__", None) is box for thread in threading.enumerate())  # type: ignore[attr-defined]


@pytest.mark.usefixtures("busy")
def test_a_soft_limit_in_the_middle_of_a_report_neither_jams_the_outbox_nor_doubles_it(
    redis_client: redis.Redis, soft_limit: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.outbox.MOST_EVENTS", 100)  # or emptying it takes longer than anybody waits
    box, run = Outbox(lambda: Log(redis_client)), Run("t1")
    for _ in range(150):
        with pytest.raises(SoftTimeLimitExceeded):
            soft_limit.set()
            while True:
                box.put(events.sent("t1", "trial.count", "celery"), run)
                box.watch(run)
    flushed: list[bool] = []
    looker = threading.Thread(target=lambda: flushed.append(box.flush(30)), daemon=True)
    looker.start()  # another thread than the one that would hold the lock
    looker.join(35)
    assert flushed == [True]
    assert _emptying(box) == 1


def test_a_soft_limit_that_comes_within_a_report_reaches_the_task(soft_limit: threading.Event) -> None:
    held, reported = threading.Event(), threading.Event()

    def hold() -> None:
        with outbox()._lock:
            held.set()
            reported.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    token = progress.current_run.set(Run("t1"))
    try:
        soft_limit.set()
        with pytest.raises(SoftTimeLimitExceeded):
            progress.report(1, 2)
            pytest.fail("the limit was swallowed")
    finally:
        progress.current_run.reset(token)
        reported.set()
        holder.join()

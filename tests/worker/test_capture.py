"""Log records are caught whole, bounded, and whatever interrupts the task that logs."""

import logging
import os
import signal
import threading
import time

import pytest

from worker.logs import capture
from worker.logs.line import Line

RECORD = logging.LogRecord("shop", logging.INFO, "file", 1, "%s rows", (12,), None)


class Limit(Exception):
    """As Celery raises at a soft time limit, wherever the task is then."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of what Python itself swallows
@pytest.mark.parametrize("most", [1_000_000, 0])
def test_a_soft_time_limit_in_the_middle_of_logging_harms_nothing(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(capture, "MOST_WAITING", most)
    caught = capture.Capture(lambda: None)
    handled = raised = there = 0

    def limit(*_: object) -> None:
        raise Limit

    monkeypatch.setattr(capture, "SoftTimeLimitExceeded", Limit)
    usual = signal.signal(signal.SIGUSR2, limit)
    try:
        for attempt in range(200):
            timer = threading.Timer(0.0005 + attempt * 1e-6, os.kill, [os.getpid(), signal.SIGUSR2])
            deadline = time.monotonic() + 1  # what is raised while Python collects garbage is swallowed
            try:
                timer.start()
                while time.monotonic() < deadline:
                    caught.handle(RECORD)
                    handled += 1
            except Limit:
                raised += 1
            timer.join()
            there += sum(line.dropped + bool(line.level) for line in caught.take(1_000_000) if isinstance(line, Line))
    finally:
        signal.signal(signal.SIGUSR2, usual)
    assert raised > 150, "void: it was hardly ever interrupted"
    assert handled <= there <= handled + raised, "each that was handled is there or counted"


def test_a_long_line_is_cut_and_says_so() -> None:
    caught = capture.Capture(lambda: None)
    caught.handle(logging.LogRecord("x", logging.INFO, "f", 1, "a" * 50_000, (), None))
    (line,) = caught.take(5)
    assert isinstance(line, Line) and line.text == "a" * 10_000 + "… (40,000 more characters)"


def test_a_record_that_cannot_be_formatted_is_told_of_as_it_is() -> None:
    caught = capture.Capture(lambda: None)
    caught.handle(logging.LogRecord("x", logging.INFO, "f", 1, "%d rows", ("many",), None))
    (line,) = caught.take(5)
    assert isinstance(line, Line) and line.text.startswith("'%d rows' with ('many',) is no message: TypeError")

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


def record(text: str, task_id: str = "", run: str = "", number: int = 0) -> logging.LogRecord:
    made = logging.LogRecord("shop", logging.INFO, "file", 1, text, (), None)
    made.task_id, made.task_name, made.task_place = task_id, task_id and "shop.pack", (run, number)
    return made


def told(caught: capture.Capture) -> list[tuple[str, str, str, int, int]]:
    """What waits: text, task, run, number, how many were dropped before it."""
    lines = [line for line in caught.take(1_000) if isinstance(line, Line)]
    return [(line.text, line.task_id, line.run, line.number, line.dropped) for line in lines]


def test_what_is_dropped_is_said_in_the_task_that_logged_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "MOST_WAITING", 2)
    caught = capture.Capture(lambda: None)
    for number in range(1, 6):
        caught.handle(record(f"line {number}", "t1", "r1", number))
    assert told(caught) == [("line 1", "t1", "r1", 1, 0), ("line 2", "t1", "r1", 2, 0), ("", "t1", "r1", 5, 3)]

    for number in range(1, 4):
        caught.handle(record(f"line {number}", "t1", "r2", number))
    caught.wait()
    caught.handle(record("line 4", "t1", "r2", 4))
    assert told(caught) == [("line 2", "t1", "r2", 2, 0), ("line 4", "t1", "r2", 4, 1)], "right before the next one"

    for number in range(1, 4):
        caught.handle(record(f"line {number}", "t1", "r2", number))
    caught.wait()
    caught.handle(record("another", "t2", "r3", 1))
    assert told(caught) == [("line 2", "t1", "r2", 2, 0), ("", "t1", "r2", 3, 1), ("another", "t2", "r3", 1, 0)]


def test_so_many_runs_drop_lines_that_those_of_some_are_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "MOST_WAITING", 0)
    caught = capture.Capture(lambda: None)
    for number in range(100):
        caught.handle(record("lost", f"t{number}", f"r{number}", 1))
    lines = told(caught)
    assert len(lines) <= capture.MOST_GAPS + 1
    assert sum(dropped for *_, dropped in lines) == 100
    assert [dropped for _, task, *_, dropped in lines if not task] == [100 - capture.MOST_GAPS]


def test_a_chunk_that_cannot_be_shipped_is_counted_with_what_it_says_is_missing() -> None:
    caught = capture.Capture(lambda: None)
    caught.drop(Line(1.0, "INFO", "shop", "one", "t1", "shop.pack", 4, "r1", 7))
    caught.drop(Line(2.0, "", "", "", "t1", "shop.pack", 3, "r1", 9))
    assert told(caught) == [("", "t1", "r1", 9, 8)]

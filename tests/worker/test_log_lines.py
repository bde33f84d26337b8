"""The line that ops read: when, how bad, which process, which task, what."""

import logging
import re
import sys

from worker.log_lines import LineFormatter

START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (WARNING) MainProcess ")


def line(message: str, **extra: str) -> str:
    record = logging.LogRecord("app", logging.WARNING, "file", 1, message, (), None)
    record.__dict__.update(extra)
    return LineFormatter().format(record)


def test_a_line_begins_with_the_time_in_utc_to_the_millisecond() -> None:
    assert START.sub("", line("the log cannot be followed")) == "the log cannot be followed"


def test_a_line_of_a_task_names_the_task_and_its_id() -> None:
    assert line("hello", task_name="demo.long_task", task_id="t1").endswith(" demo.long_task[t1] hello")


def test_nothing_in_a_message_can_forge_a_line_or_steer_a_terminal() -> None:
    told = line("a\r\n2026-01-01 forged\x1b[31m", task_name="x", task_id="1\n2")
    assert "\n" not in told and "\x1b" not in told
    assert told.endswith(r"x[1\n2] a\r\n2026-01-01 forged\x1b[31m")


def test_a_traceback_follows_indented() -> None:
    try:
        raise ValueError("one\n2026-01-01 two")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, "file", 1, "failed", (), sys.exc_info())
    first, *rest = LineFormatter().format(record).splitlines()
    assert first.endswith(" failed")
    assert rest and all(text.startswith("    ") for text in rest)

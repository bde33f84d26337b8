"""The line that ops read: when, how bad, which process, which task, what."""

import logging
import re
import sys
from collections.abc import Callable

from celery import Celery

from tests.processes import Service
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


def test_what_a_task_logs_is_logged_under_its_name_and_id(start_worker: Callable[..., Service], redis_url: str) -> None:
    worker = start_worker("--concurrency=1", "--without-mingle", "-I", "tests.trial_tasks")
    with Celery(broker=redis_url, backend=redis_url) as sender:
        task_id = sender.send_task("trial.log", ["12 rows\nwere bad"]).id
    worker.wait_for_log("succeeded in")
    lines = [text for text in worker.log().splitlines() if task_id in text]
    (logged,) = [text for text in lines if "12 rows" in text]
    assert logged.endswith(rf" trial.log[{task_id}] 12 rows\nwere bad")
    assert [text.count(task_id) for text in lines] == [1] * 3, "void: received, logged, succeeded"

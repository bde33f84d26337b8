"""Attaches to Celery's logging: the form of the lines on stdout, the names of tasks, and the shipping."""

import logging
from threading import Event
from typing import Any

from celery import signals

from worker import mail_log
from worker.config import settings
from worker.log_lines import LineFormatter
from worker.logs.capture import Capture
from worker.logs.journal import Journal
from worker.logs.shipper import Shipper
from worker.progress import current_run
from worker.stream import connect

ANSWER_TIMEOUT_S = 1.0
EXIT_TIMEOUT_S = 1.0

_worker = ""


def _begin() -> None:
    Shipper(_worker, _capture, _open_journal).start()


def _open_journal() -> Journal:
    return Journal(connect(settings.redis_url, ANSWER_TIMEOUT_S, retries=0), settings.journal_limits)


_capture = Capture(_begin)


@signals.celeryd_init.connect
def _name_worker(sender: str = "", **_: Any) -> None:
    global _worker
    _worker = sender


@signals.after_setup_logger.connect
@signals.after_setup_task_logger.connect
def _attach(logger: logging.Logger, **_: Any) -> None:
    for handler in logger.handlers:
        handler.setFormatter(LineFormatter())
        handler.addFilter(_name_task)
    if _worker:  # Celery's other programs, such as beat, set up logging as well
        _capture.addFilter(_name_task)
        logger.addHandler(_capture)


def _name_task(record: logging.LogRecord) -> bool:
    """What is logged while a task runs is logged under its name and id; so is what Celery's worker says of one."""
    if hasattr(record, "task_place"):
        return True  # each handler asks, and a line is counted once
    run = current_run.get()
    if record.name == mail_log.NAME and hasattr(record, "told_of"):
        record.task_id, record.task_name = record.told_of
    elif run is not None:
        record.task_name, record.task_id, record.task_place = run.who.get("name"), run.task_id, run.next_line()
    else:
        _name_told(record)
    return True


def _name_told(record: logging.LogRecord) -> None:
    told = getattr(record, "data", None)
    if isinstance(told, dict) and isinstance(told.get("id"), str) and isinstance(told.get("name"), str):
        record.task_name, record.task_id = told["name"], told["id"]


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def _ship_the_rest(**_: Any) -> None:
    shipped = Event()
    _capture.mark(shipped)
    shipped.wait(EXIT_TIMEOUT_S)

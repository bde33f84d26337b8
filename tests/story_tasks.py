"""Tasks whose story can be told exactly: `start_worker("-I", "tests.story_tasks")`."""

import logging
import time
from pathlib import Path
from typing import Any

from celery import Task

from worker import mail_log, progress
from worker.celery_app import celery_app

logger = logging.getLogger("shop.orders")


@celery_app.task(name="story.alternate", bind=True, max_retries=None)
def alternate(self: Task, attempts: int, acts: int) -> None:
    """Logs and reports in turn, as fast as it can, in each of its attempts; the lines say what was reported before."""
    attempt = self.request.retries + 1
    for act in range(acts):
        logger.info("attempt %s: %s was reported", attempt, act)
        progress.report(act + 1, acts, f"attempt {attempt}")
        if act * 4 % acts == 0:
            time.sleep(0.06)  # so that what was reported is not conflated with the next
    if attempt < attempts:
        raise self.retry(exc=OSError("gateway timeout"), countdown=0.3)
    logger.info("all is done")


@celery_app.task(name="story.tell", bind=True, max_retries=None)
def tell(self: Task, folder: str) -> dict[str, Any]:
    """Fails once, then packs an order and sends a mail, and waits for the files `half` and `finish`."""
    if not self.request.retries:
        logger.info("asking the gateway")
        progress.report(1, 8, "asks the gateway")
        logger.warning("\x1b[33mno answer\x1b[0m for %s s", 30)
        raise self.retry(exc=OSError("gateway timeout"), countdown=0.3)
    logger.info("the order is taken from the shelf")
    _report_until(Path(folder) / "half", 2, "packs")
    progress.report(4, 8, "half is packed")
    time.sleep(0.15)  # so that it is not conflated with the next
    mail_log.sent("Mail sent")
    logger.error("one is broken\n  it was glass")
    _report_until(Path(folder) / "finish", 5, "packs on")
    progress.report(8, 8, "is packed")
    return {"packed": 8}


@celery_app.task(name="story.log")
def log(lines: int, per_s: int) -> None:
    """So many lines, and a report with each thousand."""
    for number in range(lines):
        logger.info("line %s", number)
        if number % 1000 == 0:
            progress.report(number, lines)
        if number % 100 == 99:
            time.sleep(100 / per_s)


def _report_until(path: Path, done: int, note: str) -> None:
    while not path.exists():
        progress.report(done, 8, note)
        time.sleep(0.05)

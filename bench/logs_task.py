"""The task of `make bench-logs`."""

import logging
import time

from worker.celery_app import celery_app

logger = logging.getLogger("bench")


@celery_app.task(name="bench.log")
def log(lines: int, per_s: int) -> None:
    """So many lines, evenly, as fast as that or as it can."""
    began = time.monotonic()
    for number in range(lines):
        logger.info("order %s was taken from the shelf and packed in %s s", number, 0.25)
        ahead_s = (number + 1) / per_s - (time.monotonic() - began)
        if ahead_s > 0.005:
            time.sleep(ahead_s)

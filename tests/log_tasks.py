"""Tasks that log in every way there is: `start_worker("-I", "tests.log_tasks")`."""

import logging
import os
import sys
import threading
import time
import warnings
from typing import Any

from celery.utils.log import get_task_logger

from worker.celery_app import celery_app

logger = logging.getLogger("shop.orders")
task_logger = get_task_logger(__name__)


@celery_app.task(name="log.all_ways")
def all_ways(mark: str) -> None:
    """One line in each of the ways."""
    logger.info("%s by logging", mark)
    task_logger.warning("%s by Celery's task logger", mark)
    print(f"{mark} by print")  # noqa: T201  # what a task prints is what is tested
    sys.stderr.write(f"{mark} by stderr\n")
    warnings.warn(f"{mark} by warnings", stacklevel=1)


@celery_app.task(name="log.say")
def say(*lines: str) -> None:
    """These lines."""
    for line in lines:
        logger.info("%s", line)


@celery_app.task(name="log.say_and_wait")
def say_and_wait(seconds: int) -> None:
    """A line each second."""
    for second in range(seconds):
        logger.info("second %s", second + 1)
        time.sleep(1)


@celery_app.task(name="log.fail")
def fail(what: str) -> None:
    """Fails, with a traceback."""
    raise ValueError(what)


@celery_app.task(name="log.flood")
def flood(lines: int) -> dict[str, Any]:
    """Logs as fast as it can; tells how long that took, in seconds of this thread and of the clock."""
    began, cpu = time.monotonic(), time.thread_time()
    for number in range(lines):
        logger.info("line %s of a flood", number)
    return {"wall_s": time.monotonic() - began, "cpu_s": time.thread_time() - cpu}


@celery_app.task(name="log.fork")
def fork(line: str) -> None:
    """A process of the task's own logs, too."""
    child = os.fork()
    if child == 0:
        logger.info("%s", line)
        time.sleep(0.5)  # it has no other way to let its line go out
        os._exit(0)
    os.waitpid(child, 0)


@celery_app.task(name="log.threads")
def threads(count: int, lines: int) -> None:
    """Many threads log at once."""
    running = [
        threading.Thread(target=say, args=[f"{one}-{number}" for number in range(lines)]) for one in range(count)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

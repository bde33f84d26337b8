"""Tasks that are asked to stop: `start_worker("-I", "tests.stop_tasks")`."""

import time

from tests.trial_tasks import wait_for
from worker import progress
from worker.celery_app import celery_app


@celery_app.task(name="trial.clean_up")
def clean_up(path: str, pause_s: float) -> None:
    """Leaves nothing behind when it is stopped."""
    try:
        for step in progress.track(range(1_000), note="working"):
            time.sleep(pause_s)
            write(path, str(step))
    finally:
        progress.report(step, 1_000, "cleaning up")
        write(path, "cleaned up")


@celery_app.task(name="trial.swallow")
def swallow(path: str, times: int) -> None:
    """Catches all that is raised in it, so many times."""
    while times > 0:
        try:
            time.sleep(0.02)
            progress.report(1, 2, "swallowing")
        except Exception:
            times -= 1
            write(path, "swallowed")
    while True:
        time.sleep(0.02)
        progress.report(1, 2, "swallowing")


@celery_app.task(name="trial.report_when_told")
def report_when_told(path: str, ended: str) -> None:
    """Reports once, and once more when there is a file."""
    progress.report(1, 2, "waiting")
    wait_for(path)
    progress.report(2, 2, "going on")
    time.sleep(0.2)
    progress.report(2, 2, "going on")
    write(ended, "ended")


def write(path: str, line: str) -> None:
    """Add a line to the file."""
    with open(path, "a") as file:
        file.write(f"{line}\n")

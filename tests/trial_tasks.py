"""Tasks that only the tests run: `start_worker("-I", "tests.trial_tasks")`."""

import datetime
import logging
import os
import time
from typing import Any

from celery.exceptions import Ignore, Reject

from worker import progress
from worker.celery_app import celery_app


def wait_for(path: str) -> None:
    """Until somebody makes the file."""
    while not os.path.exists(path):
        time.sleep(0.02)


@celery_app.task(bind=True, name="trial.count")
def count(self: Any, total: int = 5, pause_s: float = 0.0, fail: bool = False) -> dict[str, Any]:
    """The tutorial's way: update_state and nothing else."""
    for step in range(1, total + 1):
        self.update_state(state="PROGRESS", meta={"current": step, "total": total, "status": f"step {step}"})
        time.sleep(pause_s)
    if fail:
        raise ValueError("the disk is full")
    return {"current": total, "total": total, "status": "Task completed!", "result": 42}


@celery_app.task(name="trial.report_then_rest")
def report_then_rest(reports: int, rest_s: float) -> None:
    """Reports in bursts, then says nothing for a while."""
    for step in range(1, reports + 1):
        progress.report(step, reports, f"report {step}")
    time.sleep(rest_s)


@celery_app.task(name="trial.report_twice")
def report_twice(gap_s: float, rest_s: float) -> None:
    """Says nothing for a moment after the first report, and for long after the second."""
    progress.report(1, 2)
    time.sleep(gap_s)
    progress.report(2, 2)
    time.sleep(rest_s)


@celery_app.task(bind=True, name="trial.say", max_retries=2)
def say(self: Any, what: str) -> Any:
    """Says odd things."""
    odd: dict[str, Any] = {
        "nan": float("nan"),
        "infinity": float("inf"),
        "date": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        "set": {1},
        "bytes": b"\xff\x00",
        "huge": 2**70,
        "surrogate": "\ud800",
        "object": object(),
        "long": "x" * 5_000_000,
    }
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    value = odd.get(what, cyclic)
    self.update_state(state="PROGRESS", meta={"current": value, "total": value, "status": value, "more": value})
    progress.report(value, value, value)
    return "said"


@celery_app.task(name="trial.tell")
def tell(note: str) -> str:
    """Says this very text as its note and as its result."""
    progress.report(1, 2, note)
    return note


@celery_app.task(bind=True, name="trial.fail_once", max_retries=1)
def fail_once(self: Any) -> str:
    """Is retried once, then succeeds."""
    progress.report(1, 2, "first half")
    if self.request.retries == 0:
        raise self.retry(exc=ConnectionError("gateway timeout"), countdown=1)
    return "fine at last"


@celery_app.task(bind=True, name="trial.retry_after")
def retry_after(self: Any, path: str) -> str:
    """Is retried once, as soon as the file is there."""
    if self.request.retries:
        return "fine at last"
    wait_for(path)
    raise self.retry(exc=ConnectionError("gateway timeout"), countdown=0)


@celery_app.task(name="trial.end_after")
def end_after(path: str) -> str:
    """Ends as soon as the file is there."""
    wait_for(path)
    return "the file is there"


@celery_app.task(bind=True, name="trial.ignore")
def ignore(self: Any) -> None:
    """Sets a final state by itself, as many code bases do."""
    self.update_state(state="FAILURE", meta={"exc_type": "ValueError", "exc_message": "no", "exc_module": "builtins"})
    raise Ignore


@celery_app.task(name="trial.hold", acks_late=True, reject_on_worker_lost=True)
def hold(path: str, for_s: float) -> str:
    """Writes down that it was run, and takes its time at the first run only."""
    with open(path, "a+") as file:
        file.seek(0)
        again = bool(file.read())
        file.write("run\n")
    progress.report(1, 2, "second run" if again else "first run")
    time.sleep(0 if again else for_s)
    return "second run" if again else "first run"


@celery_app.task(name="trial.vanish", time_limit=1)
def vanish() -> None:
    """Runs into its hard time limit."""
    time.sleep(30)


@celery_app.task(name="trial.sleep")
def sleep(for_s: float) -> None:
    """Acknowledged before it runs: lost if its worker dies."""
    progress.report(1, 2, "asleep")
    time.sleep(for_s)


@celery_app.task(name="trial.call_eagerly")
def call_eagerly() -> None:
    """Runs other tasks within itself, one of which fails, and reports before and after."""
    progress.report(1, 3)
    count.apply(args=(1,))
    count.apply(args=(1, 0.0, True))
    progress.report(2, 3)
    time.sleep(0.2)
    progress.report(3, 3)


@celery_app.task(name="trial.end_without_result", acks_late=True)
def end_without_result(rejects: bool) -> None:
    """Raises what Celery takes for an end without a result."""
    raise Reject("not mine", requeue=False) if rejects else Ignore


@celery_app.task(name="trial.write_on")
def write_on(path: str, for_s: float) -> str:
    """Shows in a file that it still runs."""
    progress.report(1, 2, "writing")
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        with open(path, "a") as file:
            file.write(".")
        time.sleep(0.05)
    return "written"


@celery_app.task(bind=True, name="trial.keep_saying")
def keep_saying(self: Any, times: int) -> None:
    """Says again and again what no JSON can carry."""
    for step in range(1, times + 1):
        self.update_state(state="PROGRESS", meta={"current": step, "odd": object()})
        time.sleep(0.06)


@celery_app.task(name="trial.log")
def log(text: str) -> None:
    """Logs as any program does."""
    logging.getLogger("trial").warning(text)


@celery_app.task(bind=True, name="trial.say_long")
def say_long(self: Any, length: int, for_s: float) -> None:
    """Says a text of so many characters once, and then nothing."""
    self.update_state(state="PROGRESS", meta={"current": 1, "total": 2, "status": "x" * length})
    time.sleep(for_s)

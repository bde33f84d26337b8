"""Tasks that end badly, by themselves or with what runs them: `start_worker("-I", "tests.deadly_tasks")`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from celery.exceptions import Ignore
from celery.worker.control import control_command

from worker import progress
from worker.celery_app import celery_app
from worker.outbox import outbox
from worker.progress import ReportingTask

LATE = {"acks_late": True, "reject_on_worker_lost": True}


def write_down(path: str, text: str) -> int:
    """Add a line to the file; how many there are."""
    with Path(path).open("a+") as file:
        file.write(f"{text}\n")
        file.flush()
        file.seek(0)
        return len(file.readlines())


def rest(path: str, for_s: float) -> str:
    """Write down which process runs it, and take its time at the first run only."""
    times = write_down(path, str(os.getpid()))
    progress.report(1, 2, f"run {times}")
    end = time.monotonic() + (for_s if times == 1 else 0)
    while time.monotonic() < end:
        time.sleep(0.05)
        progress.report(1, 2, f"run {times}")
    write_down(path, "ended")
    return f"run {times}"


@celery_app.task(name="deadly.early")
def early(path: str, for_s: float) -> str:
    """Acknowledged before it runs: Celery's default."""
    return rest(path, for_s)


@celery_app.task(name="deadly.early_reject", reject_on_worker_lost=True)
def early_reject(path: str, for_s: float) -> str:
    """Half of what makes a task run again."""
    return rest(path, for_s)


@celery_app.task(name="deadly.late", acks_late=True)
def late(path: str, for_s: float) -> str:
    """The other half."""
    return rest(path, for_s)


@celery_app.task(name="deadly.late_reject", **LATE)
def late_reject(path: str, for_s: float) -> str:
    """Runs again."""
    return rest(path, for_s)


@celery_app.task(name="deadly.late_once", run_again=False, **LATE)
def late_once(path: str, for_s: float) -> str:
    """Acknowledged late, and yet not to be run again."""
    return rest(path, for_s)


@celery_app.task(name="deadly.kill_process", **LATE)
def kill_process(path: str) -> None:
    """Takes its process down, each time."""
    write_down(path, "run")
    os.kill(os.getpid(), signal.SIGKILL)


@celery_app.task(name="deadly.kill_worker", **LATE)
def kill_worker(path: str) -> None:
    """Takes its whole worker down, each time."""
    write_down(path, "run")
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(30)


class EndsUntold(ReportingTask):
    """Its worker dies when its result has been kept, and before its end is told."""

    abstract = True

    def on_success(self, *_: Any) -> None:
        """Celery calls this between the two."""
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(30)


def tell_start(path: str) -> None:
    """That it has begun is told; only of its end nobody hears."""
    write_down(path, "run")
    assert outbox().flush(10)


@celery_app.task(base=EndsUntold, name="deadly.end_untold")
def end_untold(path: str) -> str:
    """Acknowledged before it ran."""
    tell_start(path)
    return "worked"


@celery_app.task(base=EndsUntold, name="deadly.end_untold_late", **LATE)
def end_untold_late(path: str) -> str:
    """Not acknowledged, although it has ended."""
    tell_start(path)
    return "worked"


@celery_app.task(bind=True, acks_late=True, name="deadly.end_as")
def end_as(self: Any, path: str, way: str) -> str:
    """Waits until it is to end, and then ends in this way."""
    write_down(path, str(os.getpid()))
    progress.report(1, 2, "waits")
    while not os.path.exists(f"{path}.go"):
        time.sleep(0.02)
    if way == "retry":
        raise self.retry(exc=ValueError("told to retry"), countdown=3_600)
    if way == "ignore":
        raise Ignore
    if way == "fail":
        raise ValueError("told to fail")
    return "worked"


@celery_app.task(bind=True, name="deadly.write_steps")
def write_steps(self: Any, path: str, way: str, steps: int, pause_s: float) -> None:
    """Writes a line at each step, and reports it in one of the three ways."""
    for step in progress.track(range(steps)) if way == "track" else range(steps):
        with open(path, "a") as file:
            file.write(f"{step}\n")
        if way == "report":
            progress.report(step, steps, "writing")
        elif way == "update_state":
            self.update_state(state="PROGRESS", meta={"current": step, "total": steps, "status": "writing"})
        time.sleep(pause_s)


@celery_app.task(name="deadly.report_and_end_on")
def report_and_end_on(path: str, fails: bool) -> str:
    """Reports, and once more when there is a file there, and ends without looking back."""
    progress.report(1, 3, "waiting")
    while not os.path.exists(path):
        time.sleep(0.02)
    progress.report(2, 3, "going on")
    time.sleep(0.5)
    if fails:
        raise ValueError("told to fail")
    return "ended"


@celery_app.task(name="deadly.end_programs")
def end_programs() -> list[int | None]:
    """Starts a program and a fork, and ends both; how."""
    program = subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(5)"], stdout=-1)
    assert program.stdout and program.stdout.read(1), "it runs"
    program.terminate()
    read, write = os.pipe()
    fork = os.fork()
    if fork == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.write(write, b".")
        time.sleep(5)
        os._exit(0)
    assert os.read(read, 1), "it runs, too"
    os.kill(fork, signal.SIGTERM)
    return [program.wait(), os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])]


@control_command(args=[("for_s", float)])
def hang(state: Any, for_s: float) -> None:
    """Stop the worker's main loop."""
    time.sleep(for_s)

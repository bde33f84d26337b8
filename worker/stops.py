"""A task that runs hears at once that it is asked to stop, and is stopped at its next report."""

import logging
import os
import signal
from dataclasses import replace
from typing import Any

from celery.worker import control
from celery.worker import state as celery_state

from worker import events
from worker.outbox import outbox
from worker.run import Run, live

logger = logging.getLogger(__name__)

SIGNAL = signal.SIGWINCH
"""What a worker sends to the process of its pool that runs the task; where nobody waits for it, it does nothing."""

Answer = dict[str, Any]


@control.control_command(name="pushboard_stop", args=[("task_id", str)], signature="<task_id>")
def stop(state: Any, task_id: str) -> Answer:
    """Have the process that runs this task look what is asked of it; its next append would tell it as well."""
    request = celery_state.requests.get(task_id)
    pid = getattr(request, "worker_pid", None)
    if request is None or not pid:
        return {"ok": "it does not run here"}
    if pid == os.getpid():
        look()  # solo or threads: it runs in this very process
    else:
        os.kill(pid, SIGNAL)
    return {"ok": "it is told"}


def look() -> None:
    """Ask the table, for each run of this process, what is asked of it; the answer stops the run."""
    for run in list(live.values()):
        outbox().put(replace(events.seen(run.task_id, run.id), lines=run.lines), run)
        outbox().watch(run)


def keep(task: Any, run: Run) -> str:
    """Keep the end of a stopped task where Celery keeps results, for AsyncResult and chords; how it ended in words."""
    words = f"Stopped on request at {run.percent}" if run.percent else "Stopped on request"
    try:
        task.backend.mark_as_revoked(task.request.id, words, request=task.request, store_result=not task.ignore_result)
    except Exception as error:
        logger.warning("task %s: that it was stopped is kept on the board only: %s", run.task_id, error)
    return words

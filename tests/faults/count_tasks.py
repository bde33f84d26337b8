"""The matrix's tasks under Pushboard: they count, report and write down what happened."""

from functools import partial
from typing import Any

from tests.faults import work
from worker.celery_app import celery_app


def _say(task: Any, step: int, steps: int, note: Any) -> None:
    task.update_state(state="PROGRESS", meta={"current": step, "total": steps, "status": note})


def _count(self: Any, folder: str, steps: int, pause_s: float, **how: str) -> dict[str, int]:
    return work.run(self, _say, folder, steps, pause_s, **how)


task = partial(celery_app.task, bind=True, max_retries=2)
count = task(name="matrix.count")(_count)
count_late = task(name="matrix.count_late", acks_late=True, reject_on_worker_lost=True)(_count)
count_kept = task(name="matrix.count_kept", acks_late=True)(_count)


@celery_app.task(name="matrix.tick")
def tick(path: str, number: int) -> int:
    """As short as a task can be: a line in a file that all share."""
    with open(path, "a") as file:
        file.write(f"{number}\n")
    return number

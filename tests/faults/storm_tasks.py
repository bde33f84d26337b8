"""The storm's tasks: each writes down, in a file of its own, what really happened."""

import time
from typing import Any

from tests.faults.facts import write_down
from worker.celery_app import celery_app


def _work(self: Any, folder: str, steps: int, pause_s: float, end: str) -> dict[str, int]:
    """Works `steps` steps, then ends as it is told: `succeed`, `fail`, or `retry` once and succeed."""
    write_down(folder, self.request.id, began=time.time())
    for step in range(1, steps + 1):
        self.update_state(state="PROGRESS", meta={"current": step, "total": steps, "status": f"step {step}"})
        time.sleep(pause_s)
    if end == "retry" and self.request.retries == 0:
        write_down(folder, self.request.id, retried=True)
        raise self.retry(exc=ConnectionError("try again"), countdown=0.5)
    if end == "fail":
        write_down(folder, self.request.id, ended="FAILURE")
        raise ValueError("told to fail")
    write_down(folder, self.request.id, ended="SUCCESS")
    return {"steps": steps}


celery_app.task(bind=True, name="storm.work", acks_late=True, reject_on_worker_lost=True, max_retries=2)(_work)
celery_app.task(bind=True, name="storm.work_once", max_retries=2)(_work)

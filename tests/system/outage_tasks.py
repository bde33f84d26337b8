"""A task that goes on for as long as an outage takes."""

import os
import time
from typing import Any

from worker.celery_app import celery_app


@celery_app.task(bind=True, name="trial.count_until")
def count_until(self: Any, path: str) -> str:
    """Counts on until somebody makes the file."""
    for step in range(1, 1_000):
        self.update_state(state="PROGRESS", meta={"current": step, "total": 1_000, "status": f"step {step}"})
        if os.path.exists(path):
            break
        time.sleep(0.1)
    return "the file is there"

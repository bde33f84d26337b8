"""The task that `make bench-latency` watches: each update says when its call was made."""

import time
from typing import Any

from worker.celery_app import celery_app


@celery_app.task(bind=True, name="bench.tick")
def tick(self: Any, updates: int, every_s: float) -> list[int]:
    """Calls update_state `updates` times and returns when, in nanoseconds since 1970."""
    called = []
    for step in range(1, updates + 1):
        called.append(time.time_ns())
        self.update_state(state="PROGRESS", meta={"current": step, "total": updates, "status": f"tick {step}."})
        time.sleep(every_s)
    return called

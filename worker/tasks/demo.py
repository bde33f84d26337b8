"""The long task of the tutorial: it does nothing, and says in many words how far it is."""

import random
import time
from typing import Any

from celery import Task

from worker.celery_app import celery_app

VERBS = ("Starting up", "Booting", "Repairing", "Loading", "Checking")
ADJECTIVES = ("master", "radiant", "silent", "harmonic", "fast")
NOUNS = ("solar array", "particle reshaper", "cosmic ray", "orbiter", "bit")
LONGEST_STEP_S = 60.0


@celery_app.task(bind=True, name="demo.long_task")
def long_task(self: Task, step_s: float = 1.0) -> dict[str, Any]:
    """Take 10 to 50 steps of `step_s` seconds each, which is held between 0 and 60."""
    pause_s = min(max(float(step_s), 0.0), LONGEST_STEP_S)
    total = random.randint(10, 50)  # noqa: S311 - guards nothing
    message = ""
    for step in range(total):
        if not message or random.random() < 0.25:  # noqa: S311 - as above
            message = _message()
        self.update_state(state="PROGRESS", meta={"current": step, "total": total, "status": message})
        time.sleep(pause_s)
    return {"current": 100, "total": 100, "status": "Task completed!", "result": 42}


def _message() -> str:
    return f"{random.choice(VERBS)} {random.choice(ADJECTIVES)} {random.choice(NOUNS)}..."  # noqa: S311 - as above

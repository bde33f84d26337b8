"""What workers tell of the task t1, in short."""

import json
from typing import Any

import redis

from worker import events, states
from worker.events import Event


def sent(task_id: str = "t1") -> Event:
    return events.sent(task_id, "trial.count", "celery")


def started(task_id: str = "t1", run: str = "r1") -> Event:
    return Event("task-started", task_id, states.STARTED, run, 0, "started_at", {"worker": "w1"})


def progressed(current: int, task_id: str = "t1", run: str = "r1", attempt: int = 1) -> Event:
    return events.progressed(task_id, run, attempt, states.PROGRESS, {"current": current, "total": 9, "note": "on"})


def succeeded(task_id: str = "t1", run: str = "r1") -> Event:
    return events.ended("succeeded", task_id, states.SUCCESS, run, 1, result=42, summary="42")


def kept(client: redis.Redis, task_id: str) -> dict[str, Any]:
    """What Celery's result backend has of the task."""
    stored = client.get(f"celery-task-meta-{task_id}")
    return dict(json.loads(str(stored))) if stored else {"status": None}


def kept_state(client: redis.Redis, task_id: str) -> str | None:
    """The task's state as Celery's result backend has it."""
    return str(kept(client, task_id)["status"])

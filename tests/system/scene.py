"""Tasks in every group of states, as workers tell of them, for what only looks at them."""

from typing import Any

from worker import events, states
from worker.stream import Log


def tell_of_tasks(log: Log) -> None:
    """A task in each group of states."""
    for task_id in ("waits", "runs", "retries", "has-ended", "has-failed", "is-lost"):
        log.append(events.sent(task_id, "media.video.transcode", "celery", args="('film.mov',)", kwargs="{}"))
    for task_id in ("runs", "retries", "has-ended", "has-failed", "is-lost"):
        fields = {"name": "media.video.transcode", "worker": "celery@a"}
        log.append(events.Event("task-started", task_id, states.STARTED, "r", 0, "started_at", fields))
    log.append(events.progressed("runs", "r", 0, states.PROGRESS, {"current": 3, "total": 8, "note": "third of eight"}))
    retried = {"retries": 1, "note": "gateway timeout", "eta": 4e9}
    log.append(events.Event("task-retried", "retries", states.RETRY, "r", 0, fields=retried))
    log.append(events.ended("succeeded", "has-ended", states.SUCCESS, "r", result={"sizes": list(range(100))}))
    failed: dict[str, Any] = {"error": "OSError: the disk is full", "traceback": "Traceback:\n  File …"}
    log.append(events.ended("failed", "has-failed", states.FAILURE, "r", **failed))
    log.append(events.lost("is-lost", "r", "its worker died"))

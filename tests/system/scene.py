"""Tasks of every group of states, and log lines of every level, as workers tell of them: for what only looks on."""

import time
from typing import Any

from worker import events, states
from worker.logs.journal import Journal
from worker.logs.line import Line, Source
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


def tell_of_lines(log: Log) -> None:
    """A line of each level, with colours as programs print them."""
    now_s = time.time()
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    text = "\x1b[2mfaint\x1b[0m and \x1b[32mgreen\x1b[0m and plain"
    lines = [Line(now_s, level, "media", text, "runs", "media.video.transcode") for level in levels]
    Journal(log.client).append(Source("celery@a", 7, "ForkPoolWorker-1", "boot"), 1, now_s, lines)

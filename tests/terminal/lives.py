"""What tasks of these tests do, as it stands in the log; what is told of it."""

import json
from typing import Any

from worker import events, states
from worker.events import Event
from worker.stream import Log


def begin(log: Log, task_id: str, name: str = "shop.order", run: str = "r") -> None:
    """It is sent, and begins."""
    log.append(events.sent(task_id, name, "celery"))
    log.append(Event("task-started", task_id, states.STARTED, run, 0, "started_at", {"worker": "w1"}))


def report(log: Log, task_id: str, current: int, note: str = "", state: str = states.PROGRESS) -> None:
    """So many of 100."""
    fields = {"current": current, "total": 100, "note": note or f"box {current}"}
    log.append(events.progressed(task_id, "r", 1, state, fields))


def end(
    log: Log, task_id: str, state: str = states.SUCCESS, summary: str = "all packed", run: str = "r", attempt: int = 1
) -> None:
    """It comes to an end."""
    log.append(events.ended("task-ended", task_id, state, run, attempt, summary=summary))


def told(command: Any) -> list[str]:
    """What `watch` has told, without the time of day and the name."""
    return [line.split("] ", 1)[1] for line in command.lines]


def texts(command: Any) -> list[str]:
    """The lines that `logs --json` has printed."""
    return [json.loads(line).get("text", "") for line in command.lines]

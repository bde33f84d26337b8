"""What the matrix's tasks do: count and tell it, in odd words if asked to, and end in one of many ways."""

import datetime
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from celery.exceptions import Ignore, Reject

from tests.faults import facts

LAST_STEP = 20
"""After this step a task kills what runs it."""

LONG = "x" * 5_000_000

Say = Callable[[Any, int, int, Any], object]
"""Tells, for the task given first: this many, of so many, and what goes on."""


class CannotBePickled(Exception):
    """Neither can be sent to another process as it is, nor made anew from its arguments."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} {where}")
        self.lock = threading.Lock()


def run(
    task: Any, say: Say, folder: str, steps: int, pause_s: float, end: str = "return", note: str = ""
) -> dict[str, int]:
    """Count; `end`: one of ENDS; `note`: one of NOTES, or nothing for "step 1" and so on."""
    shown = NOTES[note]() if note else None

    def tell(step: int) -> None:
        say(task, step, steps, shown if note else f"step {step}")
        if step > LAST_STEP:
            _kill(end)

    retries = end == "retry" and not task.request.retries
    state = "RETRY" if retries else STATES.get(end, "SUCCESS")
    counted = facts.count(folder, task.request.id, steps, pause_s, tell, state)
    if end in ENDS and (retries or end != "retry"):
        raise ENDS[end](task)
    return counted


def _kill(end: str) -> None:
    if end == "kill_child":
        os.kill(os.getpid(), signal.SIGKILL)
    if end == "kill_worker":
        os.killpg(0, signal.SIGKILL)


def _retry(task: Any) -> Any:
    return task.retry(exc=ConnectionError("try again"), countdown=0.5, throw=False)


ENDS: dict[str, Callable[[Any], Any]] = {
    "raise": lambda _: ValueError("the disk is full"),
    "raise_unpicklable": lambda _: CannotBePickled("a lock", "in here"),
    "raise_long": lambda _: ValueError(LONG),
    "retry": _retry,
    "ignore": lambda _: Ignore(),
    "reject": lambda _: Reject("not mine", requeue=False),
}
"""What a task raises in the end."""

STATES = {"ignore": "REJECTED", "reject": "REJECTED"} | dict.fromkeys(
    ("raise", "raise_unpicklable", "raise_long"), "FAILURE"
)
"""The state that it ends in with that; a retry's second run, and what raises nothing, ends in SUCCESS."""


def _cyclic() -> list[Any]:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    return cyclic


NOTES: dict[str, Callable[[], Any]] = {
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "datetime": lambda: datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "set": lambda: {1},
    "object": object,
    "bytes": lambda: b"\xff\x00",
    "huge": lambda: 2**70,
    "surrogate": lambda: "\ud800",
    "cyclic": _cyclic,
    "long": lambda: LONG,
}
"""What a task says of what it does."""

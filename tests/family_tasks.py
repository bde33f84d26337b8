"""Tasks that send other tasks: `start_worker("-I", "tests.family_tasks")`."""

import time
from typing import Any

from celery import chain, chord, group

from worker import progress
from worker.celery_app import celery_app


@celery_app.task(name="family.member")
def member(what: Any = None, pause_s: float = 0.0) -> str:
    """Does next to nothing."""
    time.sleep(pause_s)
    return f"did {what}"


@celery_app.task(name="family.gather")
def gather(results: list[str]) -> int:
    """Comes after the others."""
    return len(results)


@celery_app.task(name="family.send")
def send(kind: str, members: int = 3) -> str:
    """Sends others as a chain, a group or a chord."""
    signatures = [member.si(number) for number in range(members)]
    canvas = {
        "chain": lambda: chain(*signatures),
        "group": lambda: group(signatures),
        "chord": lambda: chord(signatures, gather.s()),
    }
    canvas[kind]().apply_async()
    return f"sent a {kind} of {members}"


@celery_app.task(name="family.report_often")
def report_often(times: int = 10_000) -> None:
    """Reports in its innermost loop."""
    for step in range(1, times + 1):
        progress.report(step, times, f"item {step}")

"""Fills a Redis with tasks: real ones, from what workers tell of them, and copies of these."""

import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import redis

from worker import events, keys, states
from worker.events import Event
from worker.stream import Log

REPORTS = 8
COPIES_AT_ONCE = 500
COPY = Path(__file__).with_name("copy_rows.lua").read_text()


def run_to_success(log: Log, tasks: int) -> None:
    """So many tasks, each as one worker and another tell of it: sent, received, started, reported, ended."""
    told = (event for number in range(tasks) for event in _life(number))
    while some := list(islice(told, 600)):
        log.append_all(some)


def copy(client: redis.Redis, times: int) -> None:
    """So many tasks more, each a copy of one there is, in every index; the log has no entries of them."""
    copy_rows = client.register_script(COPY)
    there: list[str] = client.zrange(keys.SENT, 0, COPIES_AT_ONCE - 1)  # type: ignore[assignment]  # not asynchronous
    for begun in range(0, times, COPIES_AT_ONCE):
        pairs = [part for task_id in there[: times - begun] for part in (task_id, str(uuid.uuid4()))]
        copy_rows(keys=[keys.META, keys.CHANGED, keys.SENT, keys.COUNTS], args=[keys.ROW, keys.BY, *pairs])


def _life(number: int) -> Iterator[Event]:
    task_id, run = str(uuid.uuid4()), uuid.uuid4().hex[:16]
    who = {"name": f"shop.job_{number % 5}", "worker": f"celery@host-{number % 3}", "queue": "celery", "retries": 0}
    yield events.sent(task_id, str(who["name"]), "celery", retries=0, eta=None)
    yield Event("task-received", task_id, states.RECEIVED, stamp="received_at", fields=who | {"eta": None})
    yield Event("task-started", task_id, states.STARTED, run, 0, "started_at", who, lines=0)
    for step in range(1, REPORTS + 1):
        told = {"current": step, "total": REPORTS, "note": f"Copying file {step} of {REPORTS}", "meta": None}
        yield events.progressed(task_id, run, 1, states.PROGRESS, told, events.encode_who(who), step)
    yield events.ended("succeeded", task_id, states.SUCCESS, run, 1, result="All done", summary="All done", **who)

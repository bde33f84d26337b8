"""How tasks ended in the processes of the pool: told from here where a process died before it could tell of it."""

import json
import logging
import os
import time
from dataclasses import dataclass, replace
from typing import Any
from weakref import ref

import redis
from celery.exceptions import Ignore, Reject, Retry
from celery.states import IGNORED
from celery.worker import state as celery_state

from worker import deliveries, events, outcomes, remains, states
from worker.events import TASK_ID_LENGTH, Event
from worker.outbox import outbox
from worker.run import Stopped, Superseded
from worker.vitals import processes

logger = logging.getLogger(__name__)

MOST, MOST_HELD = 10_000, 1_000

PATIENCE_S = 60.0
"""A process that lives tells it by itself, as soon as Redis takes it; what is not in the table then was refused."""


@dataclass(eq=False, slots=True)
class Execution:
    """One execution in a process of the pool.

    failure: how it ended, unless it succeeded. over_at: by the monotonic clock, when it was first seen to be over, or
    was told from here; 0 before.
    """

    request: "ref[Any]"
    task_id: str
    tag: str
    pid: int
    who: dict[str, Any]
    failure: Event | None = None
    over_at: float = 0.0
    is_told: bool = False

    @property
    def is_over(self) -> bool:
        """Whether Celery has heard that it has ended."""
        request = self.request()
        return request is None or request not in celery_state.active_requests

    @property
    def end(self) -> Event | None:
        """What the process has to tell; None if this worker tells it anyway, such as of a process that died."""
        if self.failure is None and self.task_id in celery_state.successful_requests:
            return events.ended("succeeded", self.task_id, states.SUCCESS)
        return self.failure

    @property
    def goes_on(self) -> bool:
        """Whether its task has asked to be executed once more."""
        return self.failure is not None and self.failure.state == states.RETRY

    @property
    def came_again(self) -> bool:
        """Whether a process has the task once more, or is about to: then that execution is what is told of."""
        others = [one for one in deliveries.of(self.task_id) if one.request and one.request() is not self.request()]
        return any(one.is_in_hand for one in others)


_executions: dict[str, Execution] = {}


def begun(request: Any) -> None:
    """A process of the pool, or this one, executes this request."""
    if len(request.id) > TASK_ID_LENGTH:
        return
    queue = request.delivery_info.get("routing_key") or ""
    who = {"name": request.name, "worker": request.hostname, "queue": queue}
    while len(_executions) >= MOST:
        _executions.pop(next(iter(_executions)), None)
    tag = str(request.message.delivery_tag)
    _executions[request.id] = Execution(ref(request), request.id, tag, request.worker_pid, who)


def failed(request: Any, error: object, traceback: str | None) -> None:
    """Its task has raised this, in the process."""
    execution = _executions.get(request.id)
    if isinstance(error, Superseded):
        forget(request)
    elif execution is not None:
        execution.failure = _failure(request, error, traceback)


def forget(request: Any) -> None:
    """Another execution is what is told of."""
    _executions.pop(request.id, None)


def _failure(request: Any, error: object, traceback: str | None) -> Event:
    task_id = request.id
    if isinstance(error, Retry):
        retries = request.request_dict.get("retries") or 0
        return Event("task-retried", task_id, states.RETRY, fields=outcomes.retry(retries, error, traceback))
    if isinstance(error, Stopped):
        return events.ended("revoked", task_id, states.REVOKED, summary="Stopped on request")
    if isinstance(error, Ignore | Reject):
        words = outcomes.WITHOUT_RESULT[IGNORED if isinstance(error, Ignore) else states.REJECTED]
        return events.ended("rejected", task_id, states.REJECTED, summary=words)
    return events.ended("failed", task_id, states.FAILURE, **outcomes.failure(error, traceback))


def held() -> list[str]:
    """What a heartbeat says, as with deliveries.held, of what has ended and may not be in the table yet."""
    over = [one for one in list(_executions.values()) if one.is_over and not one.goes_on]
    return [text for one in over[:MOST_HELD] for text in (one.tag, json.dumps([one.task_id, True, False]))]


def tell(client: redis.Redis, consumer: Any) -> None:
    """Look whether what has ended is in the table; tell it for processes that have died. Raises redis.RedisError.

    consumer: Celery's, of this worker.
    """
    living = {os.getpid(), *processes(consumer.pool)}
    over = {one.task_id: one for one in list(_executions.values()) if one.is_over}
    rows = remains.rows(client, [task_id for task_id, one in over.items() if not one.came_again])
    untold: dict[str, remains.Row] = {}
    for task_id, one in over.items():
        if task_id not in rows or _is_settled(one, rows[task_id], consumer.hostname):
            _drop(one)
        elif one.end and one.pid not in living and not one.is_told:
            untold[task_id] = rows[task_id]
    kept = remains.kept_ends(consumer.app, untold)
    for task_id, row in untold.items():
        _tell(over[task_id], kept.get(task_id), row)


def _is_settled(one: Execution, row: remains.Row, worker: str) -> bool:
    """Whether nothing is to be told of it any more: its end is in the table, or another execution is."""
    now, state = time.monotonic(), row.get("state") or ""
    one.over_at = one.over_at or now
    waits_again = one.goes_on and state == states.RETRY
    is_elsewhere = row.get("worker") not in (None, worker)
    return states.is_final(state) or waits_again or is_elsewhere or now - one.over_at > PATIENCE_S


def _tell(one: Execution, kept: Event | None, row: remains.Row) -> None:
    logger.warning("task %s: its process died before it could tell of its end, which is told for it", one.task_id)
    end = kept or one.end
    if end is not None:
        outbox().put(replace(end, run=row.get("run") or "", fields={**one.who, **end.fields}))
    one.is_told, one.over_at = True, time.monotonic()


def _drop(one: Execution) -> None:
    if _executions.get(one.task_id) is one:
        del _executions[one.task_id]

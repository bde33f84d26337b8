"""A task that is revoked while it waits is over at once, and stays so: Celery would tell when its turn comes."""

import logging
import time
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

import redis
from celery import signals
from celery.concurrency.base import BasePool
from celery.worker import control
from celery.worker import state as celery_state
from kombu.utils.functional import maybe_list

from worker import deliveries, events, keys
from worker.config import settings
from worker.outbox import outbox
from worker.stream import connect

logger = logging.getLogger(__name__)

MOST_KEPT = 10_000

Answer = dict[str, Any]


@control.control_command(name="revoke", variadic="task_id", signature="[id1 [id2 [... [idN]]]]")
def revoke(state: Any, task_id: Any, terminate: bool = False, signal: str | None = None, **how: Any) -> Answer:
    """Celery's own command of this name, and then whatever waits is withdrawn."""
    task_ids = {one for one in maybe_list(task_id) or [] if isinstance(one, str)}
    for one in task_ids:
        if not terminate or (deliveries.of(one) and _can_terminate(state)):  # it is its own worker that ends a task
            outbox().put(events.seen(one))
    answer = control.revoke(state, task_id, terminate, signal, **how)
    _withdraw(task_ids)
    return cast(Answer, answer)


@control.control_command(name="terminate", variadic="task_id", signature="<signal> [id1 [id2 [... [idN]]]]")
def terminate(state: Any, signal: str, task_id: Any, **how: Any) -> Answer:
    """The same for what may run already: its process is sent the signal."""
    return cast(Answer, revoke(state, task_id, terminate=True, signal=signal))


def _can_terminate(state: Any) -> bool:
    """Threads and solo have no process to end: they must not say that they will."""
    return type(state.consumer.pool).terminate_job is not BasePool.terminate_job


def _withdraw(task_ids: Iterable[str]) -> None:
    for task_id in task_ids:
        here = deliveries.of(task_id)
        for request in (delivery.request() for delivery in here if delivery.request and not delivery.is_in_hand):
            if request is not None:
                request.revoked()  # acknowledged and told now; it is passed over when its turn comes
        if not here and len(task_id) <= events.TASK_ID_LENGTH:
            outbox().put(events.withdrawn(task_id))
            _keep(task_id)


@cache
def _client() -> redis.Redis:
    return connect(settings.redis_url)


def _keep(task_id: str) -> None:
    """Workers that start later are to know of it as well."""
    try:
        _client().zadd(keys.REVOKED, {task_id: time.time()})
        _client().zremrangebyrank(keys.REVOKED, 0, -MOST_KEPT - 1)
    except redis.RedisError as error:
        logger.warning("workers that start later will not know that task %s is revoked: %s", task_id, error)


@signals.worker_ready.connect
def _remember(**_: Any) -> None:
    """Before the first message is read: what was revoked while this worker was not there."""
    try:
        celery_state.revoked.update(cast(list[str], _client().zrange(keys.REVOKED, 0, -1)))
    except redis.RedisError as error:
        logger.warning("what was revoked before this worker started is not known to it: %s", error)

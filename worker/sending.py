"""Tells the log that a task was sent, from whichever process sends it."""

import atexit
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import redis
from celery.signals import after_task_publish

from worker import call, events, values
from worker.config import settings
from worker.events import TASK_ID_LENGTH, Event
from worker.outbox import outbox
from worker.refusals import is_for_good
from worker.stream import Log, connect

logger = logging.getLogger(__name__)

Deliver = Callable[[Event], object]

ANSWER_TIMEOUT_S, EXIT_TIMEOUT_S = 1.0, 1.0

AGAIN_S = 30.0
"""A program that runs no threads, such as one under uWSGI as it comes, has nobody to empty the outbox."""


@cache
def _log() -> Log:
    retried = (redis.ConnectionError, redis.ReadOnlyError)  # not after a timeout: the sender has waited long enough
    return Log(connect(settings.redis_url, ANSWER_TIMEOUT_S, retried=retried), settings.limits)


class Appending:
    """Appends at once, so that whoever sends a task can ask for it; in the background as long as Redis is away."""

    def __init__(self) -> None:
        """Redis has not been away yet."""
        self._failed_at = -AGAIN_S

    def __call__(self, event: Event) -> None:
        """Waits for an answer once in an outage: sending must not become slow because of the board."""
        if outbox().flush(0) or time.monotonic() - self._failed_at > AGAIN_S:
            try:
                _log().append(event)
                return
            except redis.RedisError as error:
                if is_for_good(error):
                    raise
                self._failed_at = time.monotonic()
                atexit.unregister(_append_the_rest)
                atexit.register(_append_the_rest)
        outbox().put(event)


def _append_the_rest() -> None:
    if not outbox().flush(EXIT_TIMEOUT_S):
        logger.warning("this program ends before the board was told of all the tasks that it has sent")


_deliver: Deliver = Appending()


def deliver_by(deliver: Deliver) -> None:
    """Hand events to `deliver` from now on, as the worker does, instead of appending them at once."""
    global _deliver
    _deliver = deliver


@after_task_publish.connect
def _tell_sent(
    headers: Mapping[str, Any] | None = None, body: Any = None, routing_key: str | None = None, **_: Any
) -> None:
    """A task is on its queue. What fails here is only logged: the worker will tell of the task."""
    try:
        event = _sent(headers or {}, body, routing_key or "")
        if event:
            _deliver(event)
    except Exception as error:
        logger.warning("the board was not told of a task that was sent: %s", error)


def _sent(headers: Mapping[str, Any], body: Any, queue: str) -> Event | None:
    task_id, name = headers.get("id"), headers.get("task")
    if not isinstance(task_id, str) or len(task_id) > TASK_ID_LENGTH or not isinstance(name, str):
        return None
    args, kwargs = body[:2] if isinstance(body, tuple) and len(body) == 3 else (None, None)
    fields = call.fields(args, kwargs, headers.get("argsrepr"), headers.get("kwargsrepr"))
    return events.sent(
        task_id,
        name,
        queue,
        retries=headers.get("retries") or 0,
        eta=_eta(headers),
        **fields,
        **sender(headers),
        **family(headers),
    )


def family(headers: Mapping[str, Any]) -> dict[str, str]:
    """Which task sent this one, and which began it all, as fields of its row; nothing where no task did."""
    found = {name: headers.get(name) for name in ("parent_id", "root_id")}
    return {
        name: it
        for name, it in found.items()
        if isinstance(it, str) and it != headers.get("id") and len(it) <= TASK_ID_LENGTH
    }


def sender(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Who asked for the task, and of which task it is a rerun, as fields of its row.

    Nothing where its header does not say. Anybody may write it.
    """
    told = headers.get(events.SENDER_HEADER)
    if not isinstance(told, Mapping):
        return {}
    texts = {name: values.text(told[name], 200) for name in ("user", "address") if isinstance(told.get(name), str)}
    again = told.get("rerun_of")
    return ({"sender": texts} if texts else {}) | ({"rerun_of": again} if isinstance(again, str) else {})


def _eta(headers: Mapping[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(headers["eta"]).timestamp() if headers.get("eta") else None
    except (TypeError, ValueError):
        return None

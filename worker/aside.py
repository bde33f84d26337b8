"""Puts messages aside that no worker can take, lest they end it, or come round for ever."""

import json
import logging
import time

import redis

from worker import events, keys, states, values
from worker.events import TASK_ID_LENGTH
from worker.message import Unfit
from worker.outbox import outbox

logger = logging.getLogger(__name__)

KEPT = 100
KEPT_CHARACTERS = 10_000
REASON_LENGTH = 300


def put(client: redis.Redis, queue: str, item: bytes, error: Exception) -> None:
    """Keep the message, cut, for somebody to look at, and say so in one line."""
    reason = values.text(str(error) if isinstance(error, Unfit) else f"{type(error).__name__}: {error}", REASON_LENGTH)
    logger.error("a message on queue %s is put aside: %s", queue, reason)
    kept = item[:KEPT_CHARACTERS].decode("utf-8", "backslashreplace")
    note = {"at": time.time(), "queue": queue, "reason": reason, "bytes": len(item), "message": kept}
    try:
        with client.pipeline(transaction=True) as pipe:
            pipe.lpush(keys.ASIDE, json.dumps(note))
            pipe.ltrim(keys.ASIDE, 0, KEPT - 1)
            pipe.incr(keys.ASIDE_COUNT)
            pipe.execute()
    except redis.RedisError as failure:
        logger.warning("that message is not kept: %s", failure)
    _tell(item, f"The worker could not take its message: {reason}")


def _tell(item: bytes, summary: str) -> None:
    """The row of its task ends, if the message can be told to be a task's."""
    try:
        task_id = json.loads(item)["headers"]["id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return
    if isinstance(task_id, str) and 0 < len(task_id) <= TASK_ID_LENGTH:
        outbox().put(events.ended("rejected", task_id, states.REJECTED, summary=summary))

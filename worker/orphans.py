"""Takes care of the tasks that a dead worker has left: back on their queue, or told lost."""

import json
import logging
from typing import Any, cast

import redis

from worker import events, keys, states
from worker.outbox import outbox

logger = logging.getLogger(__name__)


def adopt(client: redis.Redis, instance: str) -> None:
    """Put back what the dead `instance` had not acknowledged, and tell of what was running and is gone.

    Safe to be done by several workers at once: the broker's own transaction lets one of them put a message back.
    """
    holds = cast(dict[str, str], client.hgetall(keys.held(instance)))
    logger.warning("worker %s has fallen silent; %d messages are taken care of", instance.split("|")[0], len(holds))
    for tag, carried in holds.items():
        task_id, runs = json.loads(carried)
        if not _put_back(tag) and runs:
            _tell_lost(client, task_id)
    client.delete(keys.held(instance))
    client.zrem(keys.BEATS, instance)


def _put_back(tag: str) -> bool:
    """Put the message on its queue again, unless it has been acknowledged; whether it was still there."""
    from worker.celery_app import celery_app  # the application imports the modules that import this one

    with celery_app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        there = channel.client.hexists(channel.unacked_key, tag)
        if there:
            channel.qos.restore_by_tag(tag)
        return bool(there)


def _tell_lost(client: redis.Redis, task_id: str) -> None:
    """The run that went down with its worker has ended. A run that has begun since is not touched."""
    run, state = cast(list[str | None], client.hmget(keys.row(task_id), ["run", "state"]))
    if state and not states.is_final(json.loads(state)):
        summary = "Its worker vanished while it ran"
        outbox().put(events.ended("lost", task_id, states.LOST, run or "", summary=summary))

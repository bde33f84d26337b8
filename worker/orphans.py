"""Takes care of the tasks that a dead worker has left: back on their queue, or told lost."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import redis

from worker import events, keys, states
from worker.deliveries import Delivery
from worker.outbox import outbox

logger = logging.getLogger(__name__)


def adopt(client: redis.Redis, instance: str) -> None:
    """Put back what the dead `instance` had not acknowledged, and tell of what was running and is gone.

    Safe to be done by several workers at once: the broker's own transaction lets one of them put a message back.
    """
    holds = cast(dict[str, str], client.hgetall(keys.held(instance)))
    logger.warning("worker %s has fallen silent; %d messages are taken care of", instance.split("|")[0], len(holds))
    back = _put_back(holds)
    for tag, carried in holds.items():
        task_id, runs = json.loads(carried)
        if tag not in back and runs:
            _tell_lost(client, task_id)
    client.delete(keys.held(instance))
    client.zrem(keys.BEATS, instance)


def settle(gone: Mapping[str, Delivery]) -> None:
    """What this worker has let go of: what is done is acknowledged at last, the rest is put back."""
    back = _put_back([tag for tag, delivery in gone.items() if not delivery.settled])
    for tag in back:
        logger.warning("task %s is put back on its queue: the connection broke while it waited", gone[tag].task_id)
    _acknowledge([tag for tag, delivery in gone.items() if delivery.settled])


def _put_back(tags: Iterable[str]) -> set[str]:
    """Put messages on their queues again, unless they have been acknowledged; those that were still there."""
    with _channel() as channel:
        back = {tag for tag in tags if channel.client.hexists(channel.unacked_key, tag)}
        for tag in back:
            channel.qos.restore_by_tag(tag)
    return back


def _acknowledge(tags: Sequence[str]) -> None:
    """Nearly always these are acknowledged already, and nothing is there to be removed."""
    if tags:
        with _channel() as channel:
            channel.client.hdel(channel.unacked_key, *tags)
            channel.client.zrem(channel.unacked_index_key, *tags)


@contextmanager
def _channel() -> Iterator[Any]:
    from worker.celery_app import celery_app  # the application imports the modules that import this one

    with celery_app.connection_for_write() as connection:
        yield connection.default_channel


def _tell_lost(client: redis.Redis, task_id: str) -> None:
    """The run that went down with its worker has ended. A run that has begun since is not touched."""
    run, state = cast(list[str | None], client.hmget(keys.row(task_id), ["run", "state"]))
    if state and not states.is_final(json.loads(state)):
        summary = "Its worker vanished while it ran"
        outbox().put(events.ended("lost", task_id, states.LOST, run or "", summary=summary))

"""Takes care of the tasks that a dead worker has left: back on their queue, or told lost."""

import json
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import cast

import redis
from celery import Celery, current_app

from worker import deliveries, keys, losses, remains
from worker.asks import asks
from worker.config import settings
from worker.deliveries import Delivery
from worker.events import Event
from worker.refusals import is_for_good
from worker.stream import Log
from worker.unacked import Unacked

logger = logging.getLogger(__name__)

ADOPTION_S = 10
BURIED_S = 7 * 24 * 3600


class Caretaker:
    """Adopts beside the heartbeat: what takes long must not make this worker seem dead itself."""

    def __init__(self, client: redis.Redis, app: Celery) -> None:
        """`client` is used by several threads."""
        self._client, self._app = client, app
        self._thread: threading.Thread | None = None
        self._at = ""

    def look_after(self, silent: list[str]) -> None:
        """Begin with these; or, at each beat, say that this worker is still at those of before."""
        if self._thread and self._thread.is_alive():
            self._client.expire(keys.adopted(self._at), ADOPTION_S)
        elif silent:
            self._thread = threading.Thread(target=self._adopt, args=(silent,), name="pushboard-orphans", daemon=True)
            self._thread.start()

    def _adopt(self, silent: Iterable[str]) -> None:
        for instance in silent:
            self._at = instance
            try:
                adopt(self._client, self._app, instance)
            except (redis.RedisError, OSError) as error:
                logger.debug("worker %s is taken care of later: %s", instance, error)
            except Exception:
                logger.exception("worker %s could not be taken care of", instance)


def adopt(client: redis.Redis, app: Celery, instance: str) -> None:
    """Put back what the dead `instance` had not acknowledged, and tell of what was running and is gone.

    If it is not dead after all, it finds that it was taken for dead, and gives up what it held.
    One worker does it. If that one dies over it, another does it once more.
    """
    if not client.set(keys.adopted(instance), "", nx=True, ex=ADOPTION_S):
        return  # another worker is at it
    client.set(keys.buried(instance), "", ex=BURIED_S)
    _complete(client, instance)
    left = remains.examine(client, app, instance)
    logger.warning("worker %s has fallen silent; %d messages are taken care of", instance.split("|")[0], len(left))
    _acknowledge([one.tag for one in left if one.is_over], instance)
    for one in left:
        if one.may_be_lost:
            losses.count(client, one.task_id, f"{instance}|{one.tag}")
    back = _put_back([one.tag for one in left if not one.is_over], instance)
    _tell(client, [one.news(one.tag in back) for one in left])
    client.delete(keys.held(instance))
    client.zrem(keys.BEATS, instance)


def _tell(client: redis.Redis, news: Iterable[Event | None]) -> None:
    """Append it now: as long as it is not in the log, nobody may forget what the dead worker held."""
    log = Log(client, settings.limits)
    for event in news:
        try:
            if event:
                log.append(event)
        except redis.RedisError as error:
            if not is_for_good(error):
                raise
            logger.exception("what became of task %s cannot be told", event and event.task_id)


def settle(gone: Mapping[str, Delivery]) -> None:
    """What Celery has let go of, or the broker did not hear: what is done is acknowledged, the rest is put back."""
    with _unacked() as unacked:
        for tag, delivery in gone.items():
            if unacked:
                delivery.answer(partial(_settle, unacked, tag, delivery))
    deliveries.forget(gone)


def _settle(unacked: Unacked, tag: str, delivery: Delivery) -> None:
    if delivery.stranded:
        unacked.take(tag, *delivery.stranded, delivery.owner)
        delivery.stranded = None  # once it is written down somebody else may have it soon: never write it down again
    if delivery.settled:
        unacked.acknowledge(tag, delivery.owner)
    elif unacked.put_back(tag, delivery.owner):
        logger.warning("task %s is put back on its queue: the connection broke under it", delivery.task_id)


def find_again(instance: str) -> None:
    """Put back what Redis gave to this worker in an answer that was lost."""
    if not asks.is_in_doubt():
        return
    with _unacked() as unacked:
        if not unacked:
            return
        for tag in asks.lost(unacked.owned_by(instance)):
            unacked.put_back(tag, instance)
            logger.warning("message %s is put back on its queue: the connection broke while it came", tag)


def refresh(tags: Iterable[str]) -> None:
    """This worker still has these: kombu takes what was taken an hour ago for forgotten."""
    with _unacked() as unacked:
        if unacked:
            unacked.refresh(tags)


def leave(instance: str) -> None:
    """This worker ends: nobody is to wait for what it still has."""
    with _unacked() as unacked:
        if unacked:
            for tag in unacked.owned_by(instance):
                (unacked.acknowledge if deliveries.get(tag).settled else unacked.put_back)(tag, instance)


def _complete(client: redis.Redis, instance: str) -> None:
    """What it took after its last heartbeat is known to the broker only."""
    with _unacked() as unacked:
        if unacked:
            told = set(cast(list[str], client.hkeys(keys.held(instance))))
            for tag in set(unacked.owned_by(instance)) - told:
                client.hsetnx(keys.held(instance), tag, json.dumps([unacked.task_id(tag), None]))


def _put_back(tags: Iterable[str], instance: str) -> set[str]:
    """Put messages on their queues again, unless they are acknowledged or somebody else's; which were put back."""
    with _unacked() as unacked:
        return {tag for tag in tags if unacked and unacked.put_back(tag, instance)}


def _acknowledge(tags: Iterable[str], instance: str) -> None:
    with _unacked() as unacked:
        for tag in tags:
            if unacked:
                unacked.acknowledge(tag, instance)


@contextmanager
def _unacked() -> Iterator[Unacked | None]:
    """What the broker keeps; None if it is not Redis: other brokers take back by themselves what a worker had."""
    with current_app.connection_for_write() as connection:
        if connection.transport.driver_type == "redis":
            connection.connect()  # or fail: the channel alone would wait for Redis for ever
            yield Unacked(connection.default_channel)
        else:
            yield None

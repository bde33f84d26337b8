"""A worker's heartbeat, and the care for the tasks of workers whose heartbeat has stopped."""

import json
import logging
import threading
import time
import uuid
from typing import Any, cast
from weakref import WeakValueDictionary

import redis
from celery import signals
from celery.worker import state as celery_state

from worker import orphans
from worker.config import settings
from worker.keys import BEATS, held
from worker.stream import SCRIPTS, connect

logger = logging.getLogger(__name__)

INTERVAL_S = 2.0
SILENCE_S = 8.0
"""A worker that has not been heard of for so long is dead: its tasks are taken up by others."""

MOST_HELD = 2_000


class Heartbeat(threading.Thread):
    """Runs in the worker's main process, beside Celery's consumer."""

    def __init__(self, hostname: str) -> None:
        """`hostname`: the worker's name; each start of it is an instance of its own."""
        super().__init__(name="pushboard-heartbeat", daemon=True)
        self.instance = f"{hostname}|{uuid.uuid4().hex}"
        self.soon = threading.Event()
        self.ended = False
        self._beaten_at = self._regular_since = 0.0
        self._client = connect(settings.redis_url)
        self._beat = self._client.register_script((SCRIPTS / "beat.lua").read_text())

    def run(self) -> None:
        """Beat until the worker ends. Redis being away is for the next beat to find out."""
        while not self.ended:
            self.soon.wait(INTERVAL_S)
            self.soon.clear()
            try:
                if not self.ended:
                    self.beat()
            except (redis.RedisError, OSError) as error:
                logger.debug("no heartbeat: %s", error)
            except Exception:
                logger.exception("a heartbeat failed")

    def beat(self) -> None:
        """Say what this worker holds, and take care of the tasks of those that have fallen silent."""
        answer = self._beat(keys=[BEATS, held(self.instance)], args=[self.instance, SILENCE_S, *_holds()])
        if not self._may_judge():
            return
        for instance in cast(list[str], answer):
            if not self.ended:
                orphans.adopt(self._client, instance)

    def _may_judge(self) -> bool:
        """After a pause the others have been unheard for as long: Redis was away, or all of this machine asleep."""
        now = time.time()  # goes on while the machine sleeps
        if not 0 <= now - self._beaten_at <= SILENCE_S / 2:
            self._regular_since = now
        self._beaten_at = now
        return now - self._regular_since >= SILENCE_S

    def end(self) -> None:
        """This worker ends in order: it leaves nothing behind to be taken care of."""
        self.ended = True
        self.soon.set()
        try:
            self._client.zrem(BEATS, self.instance)
            self._client.delete(held(self.instance))
        except redis.RedisError as error:
            logger.warning("the other workers will take this one for dead in %g s: %s", SILENCE_S, error)


_taken: WeakValueDictionary[str, Any] = WeakValueDictionary()
"""Requests by delivery tag, while Celery keeps them. Its own list leaves out those that wait for their time."""
_taken_lock = threading.Lock()


def _holds() -> list[str]:
    """Delivery tag and [task_id, whether it runs] of each message taken and not yet done."""
    with _taken_lock:
        requests = list(_taken.items())
    pairs: list[str] = []
    for tag, request in requests:
        runs = request.worker_pid is not None and request.id in celery_state.requests
        if runs or not request.acknowledged:
            pairs += (tag, json.dumps([request.id, runs]))
    return pairs[: 2 * MOST_HELD]


_heartbeat: Heartbeat | None = None


def start(hostname: str) -> None:
    """Begin this worker's heartbeat."""
    global _heartbeat
    _heartbeat = Heartbeat(hostname)
    _heartbeat.soon.set()
    _heartbeat.start()


def take(request: Any) -> None:
    """The worker has taken this request: say so now, lest it be forgotten if the worker dies."""
    with _taken_lock:
        _taken[str(request.message.delivery_tag)] = request
    if _heartbeat is not None:
        _heartbeat.soon.set()


@signals.worker_shutdown.connect
def _end(**_: Any) -> None:
    if _heartbeat is not None:
        _heartbeat.end()

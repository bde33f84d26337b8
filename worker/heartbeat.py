"""A worker's heartbeat, and the care for the tasks of workers whose heartbeat has stopped."""

import logging
import threading
import time
import uuid
from typing import Any, cast

import redis
from celery import signals

from worker import deliveries, orphans
from worker.config import settings
from worker.keys import BEATS, held
from worker.stream import SCRIPTS, connect

logger = logging.getLogger(__name__)

INTERVAL_S = 2.0
AGAIN_S = 0.2
SILENCE_S = 8.0
"""A worker that has not been heard of for so long is dead: its tasks are taken up by others."""


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
                time.sleep(AGAIN_S)
                self.soon.set()
            except Exception:
                logger.exception("a heartbeat failed")

    def beat(self) -> None:
        """Say what this worker holds, and take care of the tasks of those that have fallen silent."""
        answer = self._beat(keys=[BEATS, held(self.instance)], args=[self.instance, SILENCE_S, *deliveries.held()])
        self._settle_own()
        if not self._may_judge():
            return
        for instance in cast(list[str], answer):
            if not self.ended:
                orphans.adopt(self._client, instance)

    def _settle_own(self) -> None:
        """Put back what Celery has let go of without an answer."""
        gone = deliveries.let_go()
        if gone:
            orphans.settle(gone)
            deliveries.forget(gone)

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


_heartbeat: Heartbeat | None = None


def start(hostname: str) -> None:
    """Begin this worker's heartbeat."""
    global _heartbeat
    _heartbeat = Heartbeat(hostname)
    _heartbeat.soon.set()
    _heartbeat.start()


def take(request: Any) -> None:
    """The worker has taken this request: say so now, lest it be forgotten if the worker dies."""
    deliveries.take(request)
    if _heartbeat is not None:
        _heartbeat.soon.set()


@signals.worker_shutdown.connect
def _end(**_: Any) -> None:
    if _heartbeat is not None:
        _heartbeat.end()

"""A worker's heartbeat, and the care for the tasks of workers whose heartbeat has stopped."""

import contextlib
import logging
import threading
import time
import uuid
from typing import Any, cast

import redis
from celery import signals

from worker import deliveries, last_words, orphans, redis_needs
from worker.config import settings
from worker.fleet import KEPT_S, MOST_WORKERS, SILENCE_S
from worker.keys import BEATS, WORKERS, WORKERS_SEEN, buried, held
from worker.pulse import Pulse
from worker.stream import SCRIPTS, connect
from worker.vitals import Vitals

logger = logging.getLogger(__name__)

INTERVAL_S = 2.0
AGAIN_S = 0.2
GAP_S = 0.02
"""At least so long from one to the next, however many tasks come and go."""

GAP_OF_COST = 10
"""And so many times what one costs: a worker with thousands of messages in stock has better things to do."""

REFRESH_S = 60.0


class Heartbeat(threading.Thread):
    """Runs in the worker's main process, beside Celery's consumer."""

    def __init__(self, consumer: Any) -> None:
        """`consumer`: Celery's, of which each start of the worker makes an instance of its own."""
        super().__init__(name="pushboard-heartbeat", daemon=True)
        self.instance = _new_instance(consumer.hostname)
        self.soon = threading.Event()
        self.ended = False
        self._consumer, self._pulse = consumer, Pulse(consumer)
        self._vitals = Vitals(consumer)
        self._beaten_at = self._beaten_at_redis = self._regular_since = self._safe_until = self._refreshed_at = 0.0
        self._cost_s = 0.0
        self._client = connect(settings.redis_url)
        self._caretaker = orphans.Caretaker(self._client, consumer.app)
        self._beat = self._client.register_script((SCRIPTS / "beat.lua").read_text())

    def run(self) -> None:
        """Beat until the worker ends. Redis being away is for the next beat to find out."""
        while not self.ended:
            self.soon.wait(INTERVAL_S)
            time.sleep(max(GAP_S, GAP_OF_COST * self._cost_s))
            self.soon.clear()
            began = time.time()
            try:
                if not self.ended and not self._pulse.has_stopped(SILENCE_S):
                    self.beat()
            except (redis.RedisError, OSError) as error:
                logger.debug("no heartbeat: %s", error)
                self._safe_until = began + SILENCE_S  # whoever begins a task now would wait for Redis in vain, too
                time.sleep(AGAIN_S)
                self.soon.set()
            except Exception:
                logger.exception("a heartbeat failed")

    def beat(self) -> None:
        """Say what this worker holds, and take care of the tasks of those that have fallen silent."""
        safe_until = time.time() - self._pulse.age_s() + SILENCE_S
        began = time.thread_time()
        names = [BEATS, held(self.instance), buried(self.instance), WORKERS, WORKERS_SEEN]
        facts: list[str | float] = [self.instance, SILENCE_S, self._pulse.age_s()]
        facts += [self._vitals.tell(), KEPT_S, MOST_WORKERS, *last_words.held(), *deliveries.held(self.instance)]
        verdict, redis_s, *silent = cast(list[str], self._beat(keys=names, args=facts))
        self._cost_s = time.thread_time() - began
        if verdict == "buried":
            return self._rise()
        self._safe_until = safe_until
        self._vitals.hear(float(redis_s))
        self._settle_own()
        self._refresh()
        self._caretaker.look_after(silent if self._may_judge(float(redis_s)) and not self.ended else [])
        return None

    def _rise(self) -> None:
        """Taken for dead: what it held is with others now. It goes on as if it had just been started."""
        logger.warning("this worker was taken for dead: its tasks are with others now; it begins anew")
        self.instance = _new_instance(self.instance.split("|")[0])
        self.soon.set()

    def has(self, instance: str) -> bool:
        """Whether messages that were taken as `instance` are still this worker's."""
        if instance != self.instance:
            return False
        if time.time() < self._safe_until:
            return True
        try:
            return not self._client.exists(buried(instance))
        except redis.RedisError:
            return True  # nobody could have taken it for dead

    def _settle_own(self) -> None:
        """Put back what Celery has let go of without an answer, and tell of ends that nobody else can."""
        gone = deliveries.let_go()
        if gone:
            orphans.settle(gone)
        orphans.find_again(self.instance)
        last_words.tell(self._client, self._consumer)

    def _refresh(self) -> None:
        """Say to kombu, too, that this worker still has what it has taken; at once after a sleep of this machine."""
        if not 0 <= time.time() - self._refreshed_at < REFRESH_S:
            orphans.refresh(deliveries.kept())
            self._refreshed_at = time.time()

    def _may_judge(self, redis_s: float) -> bool:
        """After a pause the others have been unheard for as long: Redis was away, or all of this machine asleep.

        `redis_s`: what Redis' clock shows. When it is set, it seems so, too.
        """
        now = time.time()  # goes on while the machine sleeps
        pauses = (now - self._beaten_at, redis_s - self._beaten_at_redis)
        if not all(0 <= pause_s <= SILENCE_S / 2 for pause_s in pauses):
            self._regular_since = now
        self._beaten_at, self._beaten_at_redis = now, redis_s
        return now - self._regular_since >= SILENCE_S

    def end(self) -> None:
        """This worker ends in order: it leaves nothing behind to be taken care of."""
        self.ended = True
        self.soon.set()
        try:
            orphans.leave(self.instance)
            self._client.zrem(BEATS, self.instance)
            self._client.delete(held(self.instance))
            self._client.hset(WORKERS, self.instance, self._vitals.tell(stopped=True))
        except (redis.RedisError, OSError) as error:
            logger.warning("the other workers will take this one for dead in %g s: %s", SILENCE_S, error)


def _new_instance(hostname: str) -> str:
    return f"{hostname}|{uuid.uuid4().hex}"


_heartbeat: Heartbeat | None = None


def start(consumer: Any) -> None:
    """Begin this worker's heartbeat."""
    global _heartbeat
    _heartbeat = Heartbeat(consumer)
    with contextlib.suppress(redis.RedisError, OSError):
        redis_needs.look(_heartbeat._client)
        _heartbeat.beat()  # before it takes the first message: whose worker was never heard of is never missed
    _heartbeat.soon.set()
    _heartbeat.start()


def instance() -> str:
    """Under which name this worker takes messages now; nothing if it has no heartbeat."""
    return _heartbeat.instance if _heartbeat is not None else ""


def take(request: Any) -> None:
    """The worker has taken this request: say so now, lest it be forgotten if the worker dies."""
    deliveries.take(request)
    if _heartbeat is not None:
        request.taken_as = _heartbeat.instance
        _heartbeat.soon.set()


def has(request: Any) -> bool:
    """Whether this request is still this worker's; not if others took it for dead in the meantime."""
    taken_as = getattr(request, "taken_as", None)
    return _heartbeat is None or taken_as is None or _heartbeat.has(taken_as)


def give_up(request: Any) -> None:
    """This request is not this worker's any more: its message goes back to its queue."""
    request.taken_as = ""


def tell_soon() -> None:
    """Something has changed that others must know if this worker dies."""
    if _heartbeat is not None:
        _heartbeat.soon.set()


@signals.worker_shutdown.connect
def _end(**_: Any) -> None:
    if _heartbeat is not None:
        _heartbeat.end()

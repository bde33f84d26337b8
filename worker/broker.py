"""How a worker talks to Redis as its broker: kombu's transport, and what it lacks where messages or Redis are broken.

Only the worker's own connections are made so; who only sends tasks, and other brokers, keep kombu's own. What is taken
for granted of kombu is pinned in tests/worker/test_kombu.py.
"""

import logging
import warnings
from queue import Empty
from typing import Any

import redis
from celery import signals
from celery.worker import state as celery_state
from kombu.transport import redis as kombu_redis
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads

from worker import aside, heartbeat
from worker.asks import asks
from worker.broker_connection import QuickConnection
from worker.dead_line import WatchedChannel, WatchingPoller
from worker.message import Message
from worker.taken import QoS
from worker.unacked import NOBODY

logger = logging.getLogger(__name__)


class Channel(WatchedChannel):
    """Outlives what is not a message, and answers only while it is open."""

    QoS = QoS
    Message = Message

    def _brpop_read(self, **options: Any) -> bool:
        try:
            self._read_on(*self._taken(**options))
        finally:
            asks.end()
        return True

    def _read_on(self, key: bytes, item: bytes, tag: str) -> None:
        is_ours = self._owner == (heartbeat.instance() or NOBODY)  # or it has been taken for dead meanwhile
        if self._closing or not is_ours:
            self._give_back(key, item, tag)
        else:
            queue = bytes_to_str(key).rsplit(self.sep, 1)[0]
            self._queue_cycle.rotate(queue)
            self._pass_on(queue, item, tag)

    def _give_back(self, key: bytes, item: bytes, tag: str) -> None:
        if tag:
            self.qos.give_back(tag, self._owner)
        else:
            with self.conn_or_acquire() as client:
                client.rpush(key, item)

    def _pass_on(self, queue: str, item: bytes, tag: str) -> None:
        raw: Any = None
        self.qos.written = tag
        try:
            raw = loads(bytes_to_str(item))
            self.connection._deliver(raw, queue)
        except FAULTS:
            raise
        except Exception as error:
            self._put_aside(queue, item, error)
            self._drop(raw, tag)
        finally:
            self.qos.written = ""

    def _drop(self, raw: Any, written: str) -> None:
        """Celery stumbled over it after it had been taken."""
        for tag, message in list(self.qos._delivered.items()):
            if message._raw is raw:
                self.qos.ack(tag)
        if written:
            self.qos.disown(written, self._owner)

    def _put_aside(self, queue: str, item: bytes, error: Exception) -> None:
        logger.debug("this is where it was found unfit", exc_info=True)
        with self.conn_or_acquire() as client:
            aside.put(client, queue, item, error)

    def _receive_one(self, c: Any) -> Any:
        try:
            return super()._receive_one(c)
        except (Empty, *FAULTS):
            raise
        except Exception as error:
            self._put_aside("(broadcast)", b"", error)
            return True

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Acknowledge; through a channel that was closed meanwhile, the heartbeat does it (`orphans.settle`)."""
        if not self._closing:
            super().basic_ack(delivery_tag, multiple=multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Refuse; through a channel that was closed meanwhile, the heartbeat does it (`orphans.settle`)."""
        if not self._closing:
            super().basic_reject(delivery_tag, requeue=requeue)

    def close(self) -> None:
        """Stop consuming, and put back what has been taken and not begun."""
        if self._qos is not None and celery_state.should_terminate in (None, False):
            self._qos.keep_what_is_in_hand()
        super().close()


class Transport(kombu_redis.Transport):  # type: ignore[misc]  # kombu is not typed
    """kombu's, with our channels."""

    Channel = Channel

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cycle = WatchingPoller()


FAULTS = (redis.RedisError, *Transport.connection_errors, *Transport.channel_errors)
"""Redis is to blame, not the message."""


class WorkerConnection(QuickConnection):
    """A worker's connection: ours to a Redis, kombu's own to any other broker."""

    def get_transport_cls(self) -> Any:
        """Which transport speaks to the broker."""
        found = super().get_transport_cls()
        return Transport if found is kombu_redis.Transport else found


@signals.worker_init.connect  # type: ignore[untyped-decorator]  # Celery is not typed
def _connect_so(sender: Any = None, **_: Any) -> None:
    sender.app.amqp.Connection = WorkerConnection


@signals.worker_ready.connect  # type: ignore[untyped-decorator]  # Celery is not typed
def _warn_of_nothing_that_is_set(**_: Any) -> None:
    """Celery warns at each outage that a setting may have another default one day: it is set (worker/celery_app.py)."""
    warnings.filterwarnings("ignore", message=r"(?s).*worker_cancel_long_running_tasks_on_connection_loss")

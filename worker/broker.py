"""How a worker talks to Redis as its broker: kombu's transport, and what it lacks where messages or Redis are broken.

Only the worker's own connections are made so; who only sends tasks, and other brokers, keep kombu's own. What is taken
for granted of kombu is pinned in tests/worker/test_kombu.py.
"""

import logging
from queue import Empty
from typing import Any

import redis
from celery import signals
from celery.worker import state as celery_state
from kombu.transport import redis as kombu_redis
from kombu.transport import virtual
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads

from worker import aside, deliveries, heartbeat
from worker.broker_connection import QuickConnection
from worker.dead_line import WatchedChannel, WatchingPoller
from worker.message import Message
from worker.unacked import NOBODY, Unacked

logger = logging.getLogger(__name__)


class QoS(kombu_redis.QoS):  # type: ignore[misc]  # kombu is not typed
    """The messages that were taken through one channel: each with its owner, and only the owner's to answer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unacked = Unacked(self.channel)
        self._overdue: set[str] = set()

    def can_consume(self) -> bool:
        """Whether more may be taken."""
        return bool(super().can_consume()) and not deliveries.has_stranded()

    def append(self, message: Any, delivery_tag: str) -> None:
        """The message has been taken from its queue."""
        owner = heartbeat.instance() or NOBODY
        whence = message.delivery_info
        entry = message._raw, whence["exchange"], whence["routing_key"]
        deliveries.expect(delivery_tag, owner)
        try:
            self._unacked.take(delivery_tag, *entry, owner)
        except Exception:
            deliveries.expect(delivery_tag, owner, stranded=entry)
            raise
        virtual.QoS.append(self, message, delivery_tag)

    def ack(self, delivery_tag: str) -> None:
        """The message is done; not if it has gone to somebody else."""
        self._unacked.acknowledge(delivery_tag, deliveries.get(delivery_tag).owner)
        self._answered(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """The message is refused, or put back to be taken by somebody else."""
        if not requeue:
            return self.ack(delivery_tag)
        self._unacked.put_back(delivery_tag, deliveries.get(delivery_tag).owner, "LPUSH")
        return self._answered(delivery_tag)

    def _answered(self, delivery_tag: str) -> None:
        deliveries.hear(delivery_tag)
        virtual.QoS.ack(self, delivery_tag)

    def keep_what_is_in_hand(self) -> None:
        """What is executed here is not to be executed elsewhere only because the connection has broken."""
        for tag in list(self._delivered):
            if deliveries.get(tag).is_in_hand:
                self._delivered.pop(tag)

    def restore_unacked(self, client: Any = None) -> None:
        """Put back what this worker has taken and will not do."""
        for tag in list(self._delivered):
            self._unacked.put_back(tag, deliveries.get(tag).owner)
            deliveries.hear(tag)
        self._delivered.clear()

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        """kombu has found a message that was taken an hour ago.

        A living worker says every minute that it still has it. After a sleep of the whole machine it has not done so
        yet, so a message with an owner is given away only if it is still here when kombu looks again.
        """
        name = bytes_to_str(tag)
        owner = self._unacked.owner(name)
        if owner == NOBODY or (name in self._overdue and owner != heartbeat.instance()):
            self._unacked.put_back(name, owner)
        self._overdue.add(name)


class Channel(WatchedChannel):
    """Outlives what is not a message, and answers only while it is open."""

    QoS = QoS
    Message = Message

    def _brpop_read(self, **options: Any) -> bool:
        try:
            answer = self.client.parse_response(self.client.connection, "BRPOP", **options)
        except self.connection_errors:
            self.client.connection.disconnect()  # connects again by itself at the next try
            raise
        finally:
            self._in_poll = None
        if not answer:
            raise Empty
        key, item = answer
        if self._closing:
            self._give_back(key, item)
        else:
            queue = bytes_to_str(key).rsplit(self.sep, 1)[0]
            self._queue_cycle.rotate(queue)
            self._pass_on(queue, item)
        return True

    def _give_back(self, key: bytes, item: bytes) -> None:
        with self.conn_or_acquire() as client:
            client.rpush(key, item)

    def _pass_on(self, queue: str, item: bytes) -> None:
        raw: Any = None
        try:
            raw = loads(bytes_to_str(item))
            self.connection._deliver(raw, queue)
        except FAULTS:
            raise
        except Exception as error:
            self._put_aside(queue, item, error)
            self._drop(raw)

    def _drop(self, raw: Any) -> None:
        """Celery stumbled over it after it had been taken."""
        for tag, message in list(self.qos._delivered.items()):
            if message._raw is raw:
                self.qos.ack(tag)

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

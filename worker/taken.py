"""What a channel to the broker has taken: how much more it may take, and what becomes of each message."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kombu.transport import redis as kombu_redis
from kombu.transport import virtual
from kombu.utils.encoding import bytes_to_str

from worker import deliveries, heartbeat
from worker.unacked import NOBODY, Unacked


class QoS(kombu_redis.QoS):  # type: ignore[misc]  # kombu is not typed
    """The messages that were taken through one channel: each with its owner, and only the owner's to answer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unacked = Unacked(self.channel)
        self._overdue: set[str] = set()
        self.written = ""

    def can_consume(self) -> bool:
        """Whether more may be taken."""
        return bool(super().can_consume()) and not deliveries.has_stranded()

    def append(self, message: Any, delivery_tag: str) -> None:
        """The message has been taken from its queue. The one whose tag is `written` is written down already."""
        owner = heartbeat.instance() or NOBODY
        deliveries.expect(delivery_tag, owner)
        if delivery_tag != self.written:
            self._write_down(message, delivery_tag, owner)
        virtual.QoS.append(self, message, delivery_tag)

    def _write_down(self, message: Any, tag: str, owner: str) -> None:
        entry = message._raw, message.delivery_info["exchange"], message.delivery_info["routing_key"]
        try:
            self._unacked.take(tag, *entry, owner)
        except Exception:
            deliveries.expect(tag, owner, stranded=entry)
            raise

    def give_back(self, tag: str, owner: str) -> None:
        """What was written down as `owner`'s is not read here."""
        self._unacked.put_back(tag, owner)

    def disown(self, tag: str, owner: str) -> None:
        """What was written down as `owner`'s is no message."""
        self._unacked.acknowledge(tag, owner)

    def ack(self, delivery_tag: str) -> None:
        """The message is done; not if it has gone to somebody else."""
        self._answer(delivery_tag, self._unacked.acknowledge)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """The message is refused, or put back to be taken by somebody else."""
        self._answer(
            delivery_tag, partial(self._unacked.put_back, command="LPUSH") if requeue else self._unacked.acknowledge
        )

    def _answer(self, tag: str, tell: Callable[[str, str], bool]) -> None:
        """It makes room for another message, also if Redis does not hear: then the heartbeat answers later.

        Celery only logs such a failure, and would go on with one message less at a time, in the end with none.
        """
        delivery = deliveries.get(tag)
        try:
            delivery.answer(partial(tell, tag, delivery.owner))
        finally:
            virtual.QoS.ack(self, tag)

    def keep_what_is_in_hand(self) -> None:
        """What is executed here is not to be executed elsewhere only because the connection has broken."""
        for tag in list(self._delivered):
            if deliveries.get(tag).is_in_hand:
                self._delivered.pop(tag)

    def restore_unacked(self, client: Any = None) -> None:
        """Put back what this worker has taken and will not do."""
        for tag in list(self._delivered):
            delivery = deliveries.get(tag)
            delivery.answer(partial(self._unacked.put_back, tag, delivery.owner))
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

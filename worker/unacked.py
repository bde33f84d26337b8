"""What the broker keeps as taken and not yet acknowledged, and with which worker each message is.

kombu knows only that a message was taken, and when. Here each also has an owner, written in the same step: so what a
dead worker had is found whole, and nobody acknowledges or puts back what has gone to somebody else.
"""

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, cast

import redis
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import dumps, loads

from worker import keys
from worker.stream import SCRIPTS

TAKE, ACKNOWLEDGE, PUT_BACK = (
    (SCRIPTS / f"broker_{name}.lua").read_text() for name in ("take", "acknowledge", "put_back")
)
SCAN_COUNT = 500

NOBODY = ""
"""The owner of what was taken by a program without a heartbeat."""


class Unacked:
    """The unacknowledged messages, seen through a channel of kombu's Redis transport."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._keys = [channel.unacked_index_key, channel.unacked_key, keys.OWNERS]

    def take(self, tag: str, raw: dict[str, Any], exchange: str, routing_key: str, owner: str) -> None:
        """The message has left its queue and is with `owner` (kombu: `QoS.append`)."""
        entry = dumps([raw, exchange, routing_key])
        self._run(TAKE, self._keys, [tag, owner, time.time(), entry])

    def acknowledge(self, tag: str, owner: str) -> bool:
        """The message is done, if it is with `owner`; whether it was."""
        return bool(self._run(ACKNOWLEDGE, self._keys, [tag, owner]))

    def put_back(self, tag: str, owner: str, command: str = "RPUSH") -> bool:
        """Back on its queue, to be taken next (or with LPUSH last), if it is with `owner`; whether it was."""
        with self._client() as client:
            entry = client.hget(self._channel.unacked_key, tag)
        if entry is None:
            self.acknowledge(tag, owner)
            return False
        raw, exchange, routing_key = loads(bytes_to_str(entry))
        queue = self._queue(raw, exchange, routing_key)
        return bool(self._run(PUT_BACK, [*self._keys, queue], [tag, owner, dumps(_redelivered(raw)), command]))

    def owner(self, tag: str) -> str:
        """With whom a message is."""
        with self._client() as client:
            return str(bytes_to_str(client.hget(keys.OWNERS, tag) or NOBODY))

    def owned_by(self, owner: str) -> list[str]:
        """The delivery tags of all messages that are with `owner`."""
        with self._client() as client:
            pairs = client.hscan_iter(keys.OWNERS, count=SCAN_COUNT)
            return [bytes_to_str(tag) for tag, whose in pairs if bytes_to_str(whose) == owner]

    def task_id(self, tag: str) -> str:
        """The task that a message is for, or nothing."""
        with self._client() as client:
            entry = client.hget(self._channel.unacked_key, tag)
        return str(loads(bytes_to_str(entry))[0]["headers"].get("id") or "") if entry else ""

    def refresh(self, tags: Iterable[str]) -> None:
        """Their worker lives: the hour after which kombu gives them to somebody else begins anew."""
        times = dict.fromkeys(tags, time.time())
        if times:
            with self._client() as client:
                client.zadd(self._channel.unacked_index_key, times, xx=True)

    def _client(self) -> AbstractContextManager[redis.Redis]:
        return cast(AbstractContextManager[redis.Redis], self._channel.conn_or_acquire())

    def _run(self, script: str, names: list[str], args: list[Any]) -> Any:
        with self._client() as client:
            return client.register_script(script)(keys=names, args=args)

    def _queue(self, raw: dict[str, Any], exchange: str, routing_key: str) -> str:
        # A Redis that was emptied has forgotten which queues an exchange has: better the queue of that name than none.
        queues = self._channel._lookup(exchange, routing_key) or [routing_key]
        return str(self._channel._q_for_pri(queues[0], self._channel._get_message_priority(raw)))


def _redelivered(raw: dict[str, Any]) -> dict[str, Any]:
    """As kombu marks it: the worker that takes it knows that somebody had it before."""
    raw["headers"]["redelivered"] = True
    raw["properties"]["delivery_info"]["redelivered"] = True
    return raw

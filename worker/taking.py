"""Takes messages from queues so that none is ever with nobody: in one step it is off its queue, and written down.

kombu takes a message by BRPOP and writes down afterwards that it has it. What Redis hands to a worker that dies in
between, or whose connection breaks, is lost. Here BLMOVE only waits until there is something, and leaves the list as it
is.
"""

import hashlib
import time
from queue import Empty
from typing import Any

import redis
from kombu.transport import redis as kombu_redis

from worker import heartbeat, keys
from worker.asks import asks
from worker.stream import SCRIPTS
from worker.unacked import NOBODY

TAKE = (SCRIPTS / "broker_take_next.lua").read_text()
TAKE_HASH = hashlib.sha1(TAKE.encode(), usedforsecurity=False).hexdigest()

WAIT_S, TURN_S = 0.5, 0.1
"""How long one wait lasts, and with several queues, of which one is waited for at a time. Then all are looked at: also
for what has a priority."""

Taken = tuple[bytes, bytes, str]
"""The key of its queue, the message, and the delivery tag under which it is written down, if it is."""


class TakingChannel(kombu_redis.Channel):  # type: ignore[misc]  # kombu is not typed
    """A channel that asks for a message and, if there is none, waits for one, in turn; kombu knows both as BRPOP."""

    _has_begun = _waits = False
    _owner = NOBODY
    _in_poll: Any

    def _brpop_start(self, timeout: float | None = None) -> None:
        if self.global_keyprefix:
            super()._brpop_start(timeout)  # kombu gives a prefix to the keys that it knows of, and to no others
            return
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues:
            return
        if not self._has_begun:
            self._has_begun = True
            asks.doubt()  # this channel comes after another one, unless it is the first
        self._in_poll = self.client.connection
        if self._waits:
            key = self._q_for_pri(queues[0], self.priority_steps[0])
            self._queue_cycle.rotate(queues[0])
            wait_s = WAIT_S if len(queues) == 1 else TURN_S
            self._in_poll.send_command("BLMOVE", key, key, "RIGHT", "RIGHT", wait_s)
        else:
            self._ask(queues)

    def _ask(self, queues: list[str]) -> None:
        self._owner = heartbeat.instance() or NOBODY
        names = [self.unacked_index_key, self.unacked_key, keys.OWNERS]
        names += [self._q_for_pri(queue, priority) for priority in self.priority_steps for queue in queues]
        asks.begin()
        self._in_poll.send_command("EVALSHA", TAKE_HASH, len(names), *names, self._owner, time.time())

    def _taken(self, **options: Any) -> Taken:
        """What the answer is that has come. Raises queue.Empty, redis.RedisError."""
        waited, self._waits = self._waits, False
        try:
            command = "BRPOP" if self.global_keyprefix else "EVALSHA"
            answer = self.client.parse_response(self.client.connection, command, **options)
        except redis.exceptions.NoScriptError:
            with self.conn_or_acquire() as client:
                client.script_load(TAKE)
            raise Empty from None
        except self.connection_errors:
            asks.doubt()
            self.client.connection.disconnect()  # connects again by itself at the next try
            raise
        finally:
            self._in_poll = None
        if waited or not answer:
            self._waits = not waited
            raise Empty
        key, item, *tag = answer
        return key, item, tag[0].decode() if tag else ""

"""Empties a queue on the broker: what waits in it is not run, and each of its tasks ends revoked."""

import json
import time
from collections.abc import Mapping
from typing import Any, cast

import redis

from worker import events, keys
from worker.events import TASK_ID_LENGTH
from worker.queues import QueueLists
from worker.stream import Log

AT_ONCE = 500


class Purge:
    """Every method may raise redis.RedisError."""

    def __init__(self, log: Log, broker: redis.Redis, options: Mapping[str, Any]) -> None:
        """broker: the broker's Redis; it must decode its responses. options: Celery's `broker_transport_options`."""
        self.log, self.broker = log, broker
        self._lists = QueueLists(options)

    def knows(self, queue: str) -> bool:
        """Whether tasks were ever sent to a queue of this name, or a worker has declared it: it is no other key."""
        ours = queue.startswith((keys.PREFIX, "_kombu.", "unacked", "celery-task-meta-"))
        told = self.log.client.hexists(f"{keys.BY}queue", json.dumps(queue, ensure_ascii=False))
        return not ours and bool(told or self.broker.exists(f"{self._lists.prefix}_kombu.binding.{queue}"))

    def purge(self, queue: str, by: Mapping[str, Any]) -> int:
        """Take off all messages that wait now, and tell of each of their tasks; how many there were.

        What a worker has taken already is not among them. If it breaks off in the middle, the rest is still there.
        """
        return sum(self._empty(name, by) for name in self._lists.of(queue))

    def _empty(self, name: str, by: Mapping[str, Any]) -> int:
        rest = gone = self._length(name)
        while rest > 0:
            # The oldest first; as they are, since anything may be in a queue.
            count = min(rest, AT_ONCE)
            answer = self.broker.execute_command("RPOP", name, count, NEVER_DECODE=True)  # type: ignore[no-untyped-call]
            messages = cast(list[bytes] | None, answer)
            if not messages:
                break
            self._tell(messages, by)
            rest -= len(messages)
        return gone - rest

    def _length(self, name: str) -> int:
        return cast(int, self.broker.llen(name)) if self.broker.type(name) == "list" else 0

    def _tell(self, messages: list[bytes], by: Mapping[str, Any]) -> None:
        action = {"kind": "purge", "state": "done", "by": dict(by), "asked_at": time.time()}
        task_ids = [task_id for task_id in map(_task_id, messages) if task_id]
        self.log.append_all([events.purged(task_id, action) for task_id in task_ids])


def _task_id(message: bytes) -> str | None:
    """None for what is no task's message."""
    try:
        task_id = json.loads(message)["headers"]["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return task_id if isinstance(task_id, str) and len(task_id) <= TASK_ID_LENGTH else None

"""The queues on the broker: how many messages wait in each, and since when the one that is next was sent."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import redis

from worker import keys
from worker.stream import SCRIPTS

MOST_QUEUES = 200


class QueueLists:
    """The lists that a queue is made of, as in kombu's transport for Redis: one for each step of priorities."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """`options`: Celery's `broker_transport_options`."""
        self.prefix = str(options.get("global_keyprefix", ""))
        self.steps = tuple(options.get("priority_steps", (0, 3, 6, 9)))
        self._separator = str(options.get("sep", "\x06\x16"))

    def of(self, queue: str) -> list[str]:
        """In the order of their steps."""
        return [self.one(queue, step) for step in self.steps]

    def one(self, queue: str, step: int) -> str:
        """The list of this step's messages."""
        return f"{self.prefix}{queue}{self._separator}{step}" if step else f"{self.prefix}{queue}"


@dataclass(frozen=True, slots=True)
class Depth:
    """waiting: messages on the broker, None if it cannot be asked. next_sent_at: when the next was sent, if known."""

    waiting: int | None
    next_sent_at: float | None = None


class Queues:
    """Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis, broker: redis.Redis | None, options: Mapping[str, Any]) -> None:
        """Both clients decode. broker: None if it is no Redis. options: Celery's `broker_transport_options`."""
        self.client, self._broker = client, broker
        self._lists = QueueLists(options)
        self._heads = broker.register_script((SCRIPTS / "queue_heads.lua").read_text()) if broker else None

    def named(self) -> set[str]:
        """The queues of the tasks that are kept; some of them, if there are very many."""
        _, some = cast(tuple[int, dict[str, str]], self.client.hscan(f"{keys.BY}queue", count=MOST_QUEUES))
        return {json.loads(name) for name in list(some)[:MOST_QUEUES]} - {""}

    def depths(self, names: Collection[str]) -> dict[str, Depth]:
        """Of each of these queues."""
        if self._heads is None:
            return dict.fromkeys(names, Depth(None))
        try:
            lists = [one for name in names for one in self._lists.of(name)]
            told = cast(list[list[Any]], self._heads(keys=lists)) if lists else []
        except (redis.RedisError, OSError):
            return dict.fromkeys(names, Depth(None))
        sent_at = self._sent_at({head for _, head in told if head})
        count = len(self._lists.steps)
        return {name: _depth(told[at * count : (at + 1) * count], sent_at) for at, name in enumerate(names)}

    def with_priorities(self, names: Collection[str]) -> set[str]:
        """Those of these queues in which the order of coming is not the order of going, or nobody can say."""
        if self._broker is None:
            return set(names)
        urgent = [(name, self._lists.one(name, step)) for name in names for step in self._lists.steps if step]
        with self._broker.pipeline(transaction=False) as pipe:
            for _, key in urgent:
                pipe.exists(key)
            return {name for (name, _), there in zip(urgent, pipe.execute(), strict=True) if there}

    def _sent_at(self, task_ids: Collection[str]) -> dict[str, float]:
        with self.client.pipeline(transaction=False) as pipe:
            for task_id in task_ids:
                pipe.hget(keys.row(task_id), "sent_at")
            told = pipe.execute()
        return {task_id: json.loads(at) for task_id, at in zip(task_ids, told, strict=True) if at and at != "null"}


def _depth(lists: list[list[Any]], sent_at: Mapping[str, float]) -> Depth:
    if any(number < 0 for number, _ in lists):
        return Depth(None)  # something else has the queue's name
    times = [sent_at.get(head) for number, head in lists if number]
    known = [at for at in times if at is not None]
    return Depth(sum(number for number, _ in lists), min(known) if known and len(known) == len(times) else None)

"""Who waits in which queue, in the order of coming: those that are due, also those that a worker has fetched ahead."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

import redis

from worker import keys

FIRST = 50
"""Of each queue so many are named, and told where they stand."""

MOST_LINES = 20
"""Queues in which something waits that are looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue's tasks that wait. first: `(heard, task name)` of those that came first."""

    waiting: int
    first: list[tuple[str, str]]


def lines(client: redis.Redis, queues: Collection[str]) -> dict[str, Line]:
    """Those of these queues in which something waits. `client` must decode. May raise redis.RedisError."""
    named = list(queues)
    lines_of = [f"{keys.WAITING}{json.dumps(name, ensure_ascii=False)}" for name in named]
    with client.pipeline(transaction=False) as pipe:
        for key in lines_of:
            pipe.zcard(key)
        lengths = dict(zip(named, cast(list[int], pipe.execute()), strict=True))
        some = [(name, key) for name, key in zip(named, lines_of, strict=True) if lengths[name]][:MOST_LINES]
        for _, key in some:
            pipe.zrange(key, 0, FIRST - 1, withscores=True)
        firsts = cast(list[list[tuple[str, float]]], pipe.execute())
        for task_id, _ in (each for first in firsts for each in first):
            pipe.hget(keys.row(task_id), "name")
        names = iter([json.loads(name or '""') or "" for name in cast(list[str | None], pipe.execute())])
    return {
        name: Line(lengths[name], [(f"{heard:016.0f}", next(names)) for _, heard in first])
        for (name, _), first in zip(some, firsts, strict=True)
    }

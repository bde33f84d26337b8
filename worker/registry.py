"""The tasks that workers can run, on Redis: each worker writes down what its own take, and says that it is there."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import redis

from worker import keys

LONGEST_NAME = 300
LONGEST_ENTRY = 16_000
"""Characters that are kept of one task."""

MOST_TASKS = 2_000
KEPT_S = 24 * 3600.0
"""A task is listed for so long after a worker with it was last heard of."""

SILENT_S = 180.0
"""When no worker with the task has been heard of for so long, there is probably none."""

KINDS = frozenset({"positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"})


@dataclass(frozen=True, slots=True)
class Runnable:
    """A task that can be run. parameters: as worker/signature.py describes them. queue: where it is to be sent.

    worker: who published it last. silent_s: how long ago a worker that runs it was last heard of, in seconds.
    listed: whether people are to find it among what they can run.
    """

    name: str
    doc: str
    parameters: list[dict[str, Any]]
    queue: str
    worker: str
    silent_s: float
    listed: bool

    @property
    def has_worker(self) -> bool:
        """Whether a worker that runs it is there, as far as is known."""
        return self.silent_s < SILENT_S


class Registry:
    """What can be run. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self.client = client

    def publish(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Write down these tasks: `{doc, parameters, queue, worker}` by name. The newest word on a name counts."""
        told = {
            name: text for name, entry in entries.items() if (text := _encoded(entry)) and len(name) <= LONGEST_NAME
        }
        told = dict(sorted(told.items())[:MOST_TASKS])
        if not told:
            return
        now_s = self._now_s()
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hset(keys.TASKS, mapping=told)
            pipe.zadd(keys.TASKS_SEEN, dict.fromkeys(told, now_s))
            pipe.execute()
        self._forget(now_s - KEPT_S)

    def refresh(self, names: Iterable[str]) -> bool:
        """Say that a worker with these tasks is there. False if Redis has lost some of them: publish them again."""
        seen = dict.fromkeys(names, self._now_s())
        if not seen:
            return True
        with self.client.pipeline(transaction=True) as pipe:
            pipe.zadd(keys.TASKS_SEEN, seen)
            pipe.hlen(keys.TASKS)
            unknown, number = pipe.execute()
        return not unknown and number >= len(seen)

    def all(self) -> list[Runnable]:
        """All that can be run, by name."""
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.TASKS)
            pipe.zrange(keys.TASKS_SEEN, 0, -1, withscores=True)
            pipe.time()
            stored, seen, (now_s, _) = pipe.execute()
        ages = {name: now_s - at_s for name, at_s in seen}
        found = (_decoded(name, text, ages.get(name, KEPT_S)) for name, text in sorted(stored.items()))
        return [one for one in found if one and one.silent_s < KEPT_S]

    def one(self, name: str) -> Runnable | None:
        """One task, or None if no worker that was heard of lately runs it."""
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hget(keys.TASKS, name)
            pipe.zscore(keys.TASKS_SEEN, name)
            pipe.time()
            text, seen_s, (now_s, _) = pipe.execute()
        found = _decoded(name, text, now_s - seen_s) if text and seen_s is not None else None
        return found if found and found.silent_s < KEPT_S else None

    def _forget(self, until_s: float) -> None:
        """Of those that nobody runs any more, and of too many those longest unheard of."""
        gone = set(cast(list[str], self.client.zrangebyscore(keys.TASKS_SEEN, "-inf", until_s)))
        gone |= set(cast(list[str], self.client.zrange(keys.TASKS_SEEN, 0, -MOST_TASKS - 1)))
        if gone:
            with self.client.pipeline(transaction=True) as pipe:
                pipe.hdel(keys.TASKS, *gone)
                pipe.zrem(keys.TASKS_SEEN, *gone)
                pipe.execute()

    def _now_s(self) -> float:
        return float(cast(tuple[int, int], self.client.time())[0])


def _encoded(entry: Mapping[str, Any]) -> str | None:
    """As JSON; if that is too long, with any JSON for each parameter, or not at all."""
    bare = [{"name": one["name"], "kind": one["kind"], "required": one["required"]} for one in entry["parameters"]]
    for told in (entry, {**entry, "parameters": bare}, {**entry, "parameters": bare, "doc": ""}):
        text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        if len(text) <= LONGEST_ENTRY:
            return text
    return None


def _decoded(name: str, text: str, silent_s: float) -> Runnable | None:
    """None for what no worker of ours wrote."""
    try:
        told = json.loads(text)
        texts = {field: str(told[field]) for field in ("doc", "queue", "worker")}
        parameters = list(told["parameters"])
        if not all(isinstance(one["name"], str) and one["kind"] in KINDS for one in parameters):
            return None
        listed = told.get("listed") is not False
        return Runnable(name, parameters=parameters, silent_s=max(silent_s, 0.0), listed=listed, **texts)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None

"""The workers as their heartbeats tell of them on Redis: who lives, what runs in their slots, who has fallen silent."""

import json
from collections.abc import Mapping
from typing import Any, cast

import redis

from worker import keys

SILENCE_S = 8.0
"""A worker that has not been heard of for so long is dead: its tasks are taken up by others."""

KEPT_S = 600
"""For so long after its last heartbeat a worker is told of as offline, or as stopped."""

MOST_WORKERS = 1_000

Row = dict[str, Any]

TEXTS = ("name", "pool")
NUMBERS = ("pid", "slots", "busy", "started_at", "done", "per_minute")


class Fleet:
    """All workers. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self.client = client

    def workers(self) -> tuple[float, list[Row]]:
        """Redis' clock, and a row for each worker as docs/protocol.md describes it, by name."""
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.WORKERS)
            pipe.zrange(keys.WORKERS_SEEN, 0, -1, withscores=True)
            pipe.time()
            stored, seen, (seconds, microseconds) = pipe.execute()
        now_s = seconds + microseconds / 1_000_000
        rows = [_row(instance, stored.get(instance), at_s, now_s) for instance, at_s in seen]
        current = _without_replaced([row for row in rows if row])
        self._tell_fates([row for row in current if row["standing"] == "offline"])
        return now_s, current

    def _tell_fates(self, offline: list[Row]) -> None:
        """What has become of each task that ran when its worker was last heard of, as far as anybody has told."""
        ran = [task for row in offline for task in row["running"]]
        if not ran:
            return
        with self.client.pipeline(transaction=False) as pipe:
            for task in ran:
                pipe.hget(keys.row(task["task_id"]), "state")
            told = cast(list[str | None], pipe.execute())
        for task, state in zip(ran, told, strict=True):
            task["state"] = json.loads(state) if state else None


def _row(instance: str, stored: str | None, seen_s: float, now_s: float) -> Row | None:
    """None for what no worker of ours wrote, and for one that ended long ago."""
    if stored is None or now_s - seen_s > KEPT_S:
        return None
    try:
        told = json.loads(stored)
        return _told(told) | {"id": f"worker:{instance}"} | _standing(told, seen_s, now_s)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _told(told: Mapping[str, Any]) -> Row:
    running = [{"task_id": str(task[0]), "name": str(task[1]), "since": _number(task[2])} for task in told["running"]]
    main, children = told["memory"]
    return {
        "kind": "worker",
        **{name: str(told[name]) for name in TEXTS},
        **{name: _number(told[name]) for name in NUMBERS},
        "queues": [str(name) for name in told["queues"]],
        "memory": {"main": _number(main), "pool": _number(children)},
        "running": running,
    }


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _standing(told: Mapping[str, Any], seen_s: float, now_s: float) -> Row:
    """`online`, `offline` since its last beat, or `stopped` in order. A beat of the future: the clock was set back."""
    if told["stopped"]:
        return {"standing": "stopped", "gone_since": round(seen_s, 1)}
    if abs(now_s - seen_s) < SILENCE_S:
        return {"standing": "online", "gone_since": None}
    return {"standing": "offline", "gone_since": round(seen_s, 1) if seen_s < now_s else None}


def _without_replaced(rows: list[Row]) -> list[Row]:
    """Whoever has begun anew under the same name takes its own place; of several that are gone the last one stands."""
    living = [row for row in rows if row["standing"] == "online"]
    names = {row["name"] for row in living}
    gone = {row["name"]: row for row in rows if row["name"] not in names}  # by the time of the last heartbeat
    return sorted([*living, *gone.values()], key=lambda row: (row["name"], row["id"]))

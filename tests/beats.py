"""Heartbeats as workers leave them on Redis, for what must not wait for a real one to die."""

import json
import time
from typing import Any

import redis

from worker import keys

FACTS: dict[str, Any] = {
    **{"name": "celery@a", "pid": 7, "pool": "prefork", "slots": 4, "busy": 1, "queues": ["celery"]},
    **{"started_at": 5.0, "done": 3, "per_minute": None, "memory": [1_000, None], "stopped": False},
    "running": [["t1", "trial.count", 6.0]],
}


def beat(client: redis.Redis, instance: str, ago_s: float = 0.0, **facts: Any) -> None:
    """As a worker's heartbeat of so long ago has left it."""
    client.hset(keys.WORKERS, instance, json.dumps(FACTS | facts))
    client.zadd(keys.WORKERS_SEEN, {instance: time.time() - ago_s})

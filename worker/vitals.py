"""What a worker says of itself with each heartbeat: its slots and what runs in them, its queues, its memory."""

import json
import os
import time
from collections import deque
from pathlib import Path
from typing import Any

from celery.worker import state as celery_state

from worker import deliveries

MOST_RUNNING = 200
"""Tasks that are named. How many run is told nevertheless."""

MOST_QUEUES = 100
LONGEST_ID, LONGEST_NAME = 200, 300
LOOK_S = 2.0
"""How often memory is looked at: a busy worker beats much more often."""

RATE_S = 60.0
CELERYS_POOLS = "celery.concurrency."


class Vitals:
    """Times are told by Redis' clock: how far this machine's is from it, each beat's answer says."""

    def __init__(self, consumer: Any) -> None:
        """`consumer`: Celery's, ready."""
        self._consumer = consumer
        self._began = self._looked_at = time.monotonic()
        self._ahead_s: float | None = None
        self._memory = _memory(consumer.pool)
        self._done: deque[tuple[float, int]] = deque([(self._began, 0)])

    def hear(self, redis_s: float) -> None:
        """Redis' clock showed this a moment ago."""
        self._ahead_s = redis_s - time.time()

    def tell(self, stopped: bool = False) -> str:
        """All of it as JSON; what cannot be known is null. stopped: this worker ends in order."""
        now = time.monotonic()
        requests = deliveries.running()
        done = max(celery_state.all_total_count[0] - len(requests), 0)
        self._look(now, done)
        told = {
            "name": self._consumer.hostname[:LONGEST_NAME],
            "pid": os.getpid(),
            "pool": _pool_name(self._consumer.pool),
            "slots": _slots(self._consumer.pool),
            "busy": len(requests),
            "queues": [str(name)[:LONGEST_NAME] for name in self._queues()],
            "started_at": self._by_redis(time.time() - (now - self._began)),
            "done": done,
            "per_minute": self._per_minute(now, done),
            "memory": self._memory,
            "running": self._running(requests),
            "stopped": stopped,
        }
        return json.dumps(told, separators=(",", ":"))

    def _queues(self) -> list[Any]:
        return list(self._consumer.app.amqp.queues.consume_from)[:MOST_QUEUES]

    def _look(self, now: float, done: int) -> None:
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at, self._memory = now, _memory(self._consumer.pool)
        self._done.append((now, done))
        while len(self._done) > 1 and now - self._done[1][0] >= RATE_S:
            self._done.popleft()

    def _per_minute(self, now: float, done: int) -> int | None:
        """What was done in the last minute; nothing is said before there was one."""
        at, had = self._done[0]
        return round((done - had) * RATE_S / (now - at)) if now - at >= RATE_S else None

    def _running(self, requests: list[Any]) -> list[list[Any]]:
        """`[task_id, name, since]` of each, the one that began first in front."""
        begun = sorted(requests, key=lambda request: request.time_start or 0.0)
        return [[one.id[:LONGEST_ID], one.name[:LONGEST_NAME], self.since(one)] for one in begun[:MOST_RUNNING]]

    def since(self, request: Any) -> float | None:
        """When it began: the same each time, however the two clocks tremble."""
        if getattr(request, "told_since", None) is None and request.time_start:
            request.told_since = self._by_redis(request.time_start)
        return getattr(request, "told_since", None)

    def _by_redis(self, own_s: float) -> float | None:
        return None if self._ahead_s is None else round(own_s + self._ahead_s, 1)


def _pool_name(pool: Any) -> str:
    """`prefork` also for the pool that is made from Celery's."""
    modules = [base.__module__ for base in type(pool).__mro__]
    return next((name.removeprefix(CELERYS_POOLS) for name in modules if name.startswith(CELERYS_POOLS)), modules[0])


def _slots(pool: Any) -> int | None:
    try:
        return int(pool.num_processes)
    except (AttributeError, TypeError, ValueError):  # a pool of somebody else's
        return None


def processes(pool: Any) -> list[int | None]:
    """The ids of the pool's processes that live; none where it has no processes."""
    return [
        getattr(process, "pid", None) for process in list(getattr(getattr(pool, "_pool", None), "_pool", None) or ())
    ]


def _memory(pool: Any) -> list[int | None]:
    """Bytes in memory of the main process, and of its pool's processes together; shared ones count in each."""
    children = [_resident(pid) for pid in processes(pool)]
    known = [size for size in children if size is not None]
    return [_resident(os.getpid()), sum(known) if len(known) == len(children) else None]


def _resident(pid: int | None) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # no Linux, or it has just ended
        return None

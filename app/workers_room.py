"""The room `workers`: reads once a second how workers and queues stand, and tells its watchers what has changed."""

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import redis
from flask_socketio import SocketIO

from app import rooms
from app.relay import Relay
from worker.fleet import Fleet, Row
from worker.queues import MOST_QUEUES, Depth, Queues

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
"""Between two looks while somebody watches; however many do, it is one look."""

Rows = dict[str, Row]


class WorkersRoom:
    """One picture for all who watch in this process. Epoch and offset are this process's own."""

    def __init__(
        self, socketio: SocketIO, relay: Relay, fleet: Callable[[], Fleet], queues: Callable[[], Queues]
    ) -> None:
        """`fleet` and `queues` are called when they are needed first."""
        self.epoch = uuid.uuid4().hex
        self._socketio, self._relay, self._fleet, self._queues = socketio, relay, fleet, queues
        self._lock = threading.RLock()
        self._number = 0
        self._now_s = 0.0
        self._looked_at = float("-inf")
        self._rows: Rows = {}

    def start(self) -> None:
        """Look from now on, in the background, while somebody watches."""
        self._socketio.start_background_task(self._watch)

    def _watch(self) -> None:
        while True:
            self._socketio.sleep(INTERVAL_S)
            try:
                if self._relay.audience.is_watched(rooms.WORKERS):
                    self.picture()
            except (redis.RedisError, OSError) as error:
                logger.debug("the workers could not be read: %s", error)
            except Exception:
                logger.exception("the workers could not be told of")

    def picture(self) -> dict[str, Any]:
        """How all stand, at most a second ago: `{epoch, offset, now, rows}`. May raise redis.RedisError."""
        with self._lock:
            if time.monotonic() - self._looked_at >= INTERVAL_S * 0.9:
                self._look()
            return self._place() | {"rows": self._dated(self._rows.values())}

    def _look(self) -> None:
        now_s, workers = self._fleet().workers()
        rows = {row["id"]: row for row in [*workers, *self._queue_rows(workers, now_s)]}
        self._now_s, self._looked_at = now_s, time.monotonic()
        changes = _changes(self._rows, rows)
        self._rows = rows
        if changes:
            prev, self._number = self._offset(), self._number + 1
            self._relay.tell(rooms.WORKERS, self._place() | {"prev": prev, "rows": self._dated(changes)})

    def _dated(self, rows: Iterable[Row]) -> list[Row]:
        return [row | {"offset": self._offset()} for row in rows]

    def _place(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "offset": self._offset(), "now": round(self._now_s, 3)}

    def _offset(self) -> str:
        return f"{self._number:016}"

    def _queue_rows(self, workers: list[Row], now_s: float) -> list[Row]:
        """Those that a worker takes from, or did until it fell silent, and those in which something waits."""
        takers = Counter({name: 0 for row in workers if row["standing"] == "offline" for name in row["queues"]})
        takers.update(name for row in workers if row["standing"] == "online" for name in row["queues"])
        queues = self._queues()
        others = queues.named() - set(takers)
        depths = queues.depths([*takers, *others][:MOST_QUEUES])
        shown = sorted(name for name, depth in depths.items() if name in takers or depth.waiting)
        return [self._queue_row(name, depths[name], takers[name], now_s) for name in shown]

    def _queue_row(self, name: str, depth: Depth, takers: int, now_s: float) -> Row:
        came, went = self._relay.flow.rates(name, now_s)
        figures = {"waiting": depth.waiting, "next_sent_at": depth.next_sent_at, "workers": takers}
        return {"id": f"queue:{name}", "kind": "queue", "name": name, **figures, "came": came, "went": went}


def _changes(had: Rows, rows: Rows) -> list[dict[str, Any]]:
    """What of each row is not as it was; all of a new one."""
    changed = [_change(had.get(key), row) for key, row in rows.items() if _differs(had.get(key), row)]
    return changed + [{"id": key, "gone": True} for key in had if key not in rows]


def _differs(had: Row | None, row: Row) -> bool:
    return had is None or any(had.get(name) != value for name, value in row.items())


def _change(had: Row | None, row: Mapping[str, Any]) -> dict[str, Any]:
    known = had or {}
    return {name: value for name, value in row.items() if name == "id" or name not in known or known[name] != value}

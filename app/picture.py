"""A room that shows how things stand: one look a second for all who watch, and what has changed since."""

import logging
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import redis
from flask_socketio import SocketIO

from app.relay import Relay

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
"""Between two looks while somebody watches; however many do, it is one look."""

Row = dict[str, Any]
Rows = dict[str, Row]


class Picture:
    """One picture for all who watch in this process. Epoch and offset are this process's own."""

    def __init__(self, room: str, socketio: SocketIO, relay: Relay) -> None:
        """Rows are named by their `id`."""
        self.epoch = uuid.uuid4().hex
        self._room, self._socketio, self._relay = room, socketio, relay
        self._lock = threading.RLock()
        self._number = 0
        self._now_s = 0.0
        self._looked_at = float("-inf")
        self._rows: Rows = {}

    def read(self) -> tuple[float, Rows]:
        """Redis' clock, and all rows by their id, as they are now. May raise redis.RedisError."""
        raise NotImplementedError

    def start(self) -> None:
        """Look from now on, in the background, while somebody watches."""
        self._socketio.start_background_task(self._watch)

    def _watch(self) -> None:
        while True:
            self._socketio.sleep(INTERVAL_S)
            try:
                if self._relay.audience.is_watched(self._room):
                    self.picture()
            except (redis.RedisError, OSError) as error:
                logger.debug("the room %s could not be read: %s", self._room, error)
            except Exception:
                logger.exception("the room %s could not be told of", self._room)

    def picture(self) -> dict[str, Any]:
        """How all stand, at most a second ago: `{epoch, offset, now, rows}`. May raise redis.RedisError."""
        with self._lock:
            if time.monotonic() - self._looked_at >= INTERVAL_S * 0.9:
                self._look()
            return self._place() | {"rows": self._dated(self._rows.values())}

    def _look(self) -> None:
        self._now_s, rows = self.read()
        self._looked_at = time.monotonic()
        changes = _changes(self._rows, rows)
        self._rows = rows
        if changes:
            prev, self._number = self._offset(), self._number + 1
            self._relay.tell(self._room, self._place() | {"prev": prev, "rows": self._dated(changes)})

    def _dated(self, rows: Iterable[Row]) -> list[Row]:
        return [row | {"offset": self._offset()} for row in rows]

    def _place(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "offset": self._offset(), "now": round(self._now_s, 3)}

    def _offset(self) -> str:
        return f"{self._number:016}"


def _changes(had: Rows, rows: Rows) -> list[Row]:
    """What of each row is not as it was; all of a new one."""
    changed = [_change(had.get(key), row) for key, row in rows.items() if _differs(had.get(key), row)]
    return changed + [{"id": key, "gone": True} for key in had if key not in rows]


def _differs(had: Row | None, row: Row) -> bool:
    return had is None or any(had.get(name) != value for name, value in row.items())


def _change(had: Row | None, row: Mapping[str, Any]) -> Row:
    known = had or {}
    return {name: value for name, value in row.items() if name == "id" or name not in known or known[name] != value}

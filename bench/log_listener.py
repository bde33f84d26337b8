"""Hears the room of all log lines, as a page does."""

import threading
import time
from typing import Any

import socketio


class Listener:
    """Hears the lines of the bench's task, and notes how old each is when it comes."""

    def __init__(self, url: str) -> None:
        self.lines = self.dropped = 0
        self.ages_s: list[float] = []
        self._lock = threading.Lock()
        self.client = socketio.Client()
        self.client.on("frame", self._hear)
        self.client.connect(url, transports=["websocket"])
        self.client.call("subscribe", {"room": "logs"}, timeout=5)

    def _hear(self, frame: dict[str, Any]) -> None:
        now = time.time()
        with self._lock:
            mine = [row for row in frame["rows"] if row.get("name") == "bench.log"]
            self.lines += sum("order" in row.get("text", "") for row in mine) + frame.get("skipped", 0)
            self.dropped += sum(row.get("dropped", 0) for row in frame["rows"])
            self.ages_s += [now - row["at"] for row in mine]

"""Log lines as a worker's process ships them, and a reader of their rooms that does as docs/protocol.md says."""

import json
import threading
import time
from typing import Any
from urllib.parse import urlencode

import redis
import socketio

from tests.asking import ask
from tests.processes import Service, wait_until
from worker.logs.journal import Journal, JournalLimits
from worker.logs.line import Line, Source


class Process:
    """Logs as a worker's process does."""

    def __init__(self, client: redis.Redis, worker: str = "celery@a", limits: JournalLimits | None = None) -> None:
        self.journal = Journal(client, limits)
        self.source = Source(worker, 7, "ForkPoolWorker-1", f"boot of {worker} {id(self)}")
        self.number = 0

    def log(self, *texts: str, level: str = "INFO", **more: Any) -> str:
        self.number += 1
        lines = [Line(time.time(), level, "shop", text, **more) for text in texts]
        return self.journal.append(self.source, self.number, time.time(), lines)


class Reader:
    """Reads one of the rooms as docs/protocol.md says: applies what follows on what it has, and asks again at a gap."""

    def __init__(self, url: str, room: str) -> None:
        self.room, self.epoch, self.offset = room, "", ""
        self.lines: dict[str, dict[str, Any]] = {}
        self.skipped = self.answered = 0
        self.recovered: list[bool] = []
        self.held: list[dict[str, Any]] | None = []
        self.lock = threading.RLock()
        self.client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.3)
        self.client.on("frame", self._hear)
        self.client.on("connect", self._subscribe)
        self.client.connect(url, transports=["websocket"])
        wait_until(lambda: self.answered, 5, "the subscribe is answered")

    def _subscribe(self) -> None:
        with self.lock:
            self.held = []
        asked = {"room": self.room, "epoch": self.epoch, "offset": self.offset}
        self.client.emit("subscribe", asked, callback=self._answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        with self.lock:
            if "error" in answer:
                threading.Timer(0.2, self._subscribe).start()
                return
            held, self.held = self.held or [], None
            self.recovered.append(answer["recovered"])
            self.lines = (self.lines if answer["recovered"] else {}) | {row["id"]: row for row in answer["rows"]}
            self.epoch, self.offset = answer["epoch"], answer["offset"]
            self.answered += 1
            for frame in held:
                self._hear(frame)

    def _hear(self, frame: dict[str, Any]) -> None:
        with self.lock:
            if self.held is not None:
                self.held.append(frame)
            elif frame["epoch"] != self.epoch or frame["prev"] > self.offset:
                self._subscribe()
            else:
                self.skipped += frame.get("skipped", 0)
                self.lines |= {row["id"]: row for row in frame["rows"]}
                self.offset = max(self.offset, frame["offset"])

    def texts(self) -> list[str]:
        with self.lock:
            return [row["text"] for _, row in sorted(self.lines.items())]


def get(web: Service, **given: Any) -> dict[str, Any]:
    status, _, text = ask(web, f"/api/logs?{urlencode(given)}")
    assert status == 200, text
    answer: dict[str, Any] = json.loads(text)
    return answer


def texts(answer: dict[str, Any]) -> list[str]:
    return [row["text"] for row in answer["rows"]]

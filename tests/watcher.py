"""A Socket.IO client that does as docs/protocol.md says, and notes what no watcher must ever see."""

import threading
import time
from typing import Any

import socketio

from tests.processes import wait_until
from worker import events, states
from worker.events import Event
from worker.stream import Log


class Watcher:
    """A client that does as docs/protocol.md says: holds frames until it is answered, heals every gap."""

    def __init__(self, url: str, room: str, transports: list[str] | None = None) -> None:
        self.room, self.epoch, self.offset = room, "", ""
        self.rows: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        self.held: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.live: bool | None = None
        self.answered = 0
        self.lock = threading.RLock()
        self.subscribing = False
        self.client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.client.on("connect", self._subscribe)
        self.client.on("disconnect", self._lost)
        self.client.on("frame", self._hear)
        self.client.on("upstream", self._hear_upstream)
        self.client.connect(url, transports=transports or ["websocket"])
        wait_until(lambda: self.answered, 5, "the subscribe is answered")

    def _hear_upstream(self, told: dict[str, bool]) -> None:
        self.live = told["live"]

    def _lost(self, *_: object) -> None:
        with self.lock:
            self.subscribing, self.held = False, []

    def _subscribe(self) -> None:
        with self.lock:
            self.subscribing = True
            asked = {"room": self.room, "epoch": self.epoch, "offset": self.offset}
        self.client.emit("subscribe", asked, callback=self._answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        with self.lock:
            if "error" in answer:
                threading.Timer(0.2, self._subscribe).start()
                return
            before = self.rows
            if not answer["recovered"]:
                self.rows = {}
            for row in answer["rows"]:
                if answer["epoch"] == self.epoch:
                    self._judge(before.get(row["task_id"], {}), row)
                self.rows[row["task_id"]] = row
            self.epoch, self.offset = answer["epoch"], answer["offset"]
            self.answered += 1
            self.subscribing = False
            held, self.held = self.held, []
            for frame in held:
                self._hear(frame)

    def _hear(self, frame: dict[str, Any]) -> None:
        with self.lock:
            self.frames.append(frame)
            if self.subscribing:
                self.held.append(frame)
            elif frame["epoch"] != self.epoch or frame["prev"] > self.offset:
                self._subscribe()
            else:
                self._apply(frame)

    def _judge(self, had: dict[str, Any], row: dict[str, Any]) -> None:
        """Note what must never be seen: an offset that goes back, an end that is taken back without a new attempt."""
        if row["offset"] < had.get("offset", ""):
            self.faults.append(f"{row['task_id']}: offset went back from {had['offset']} to {row['offset']}")
        ended = states.is_final(had.get("state") or "")
        if ended and row["state"] != had["state"] and row["attempt"] <= had["attempt"]:
            self.faults.append(f"{row['task_id']}: {had['state']} was taken back for {row['state']}")

    def _apply(self, frame: dict[str, Any]) -> None:
        for row in frame["rows"]:
            had = self.rows.get(row["task_id"], {})
            if row["offset"] <= had.get("offset", ""):
                continue
            self._judge(had, had | row)
            if row.get("gone"):
                self.rows.pop(row["task_id"], None)
            else:
                self.rows[row["task_id"]] = had | row
        self.offset = max(self.offset, frame["offset"])


def same(shown: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a watcher shows what the table holds, in the fields that it is told."""
    return all(shown.get(name) == value for name, value in row.items() if name in shown or value is not None)


def live(log: Log, task_id: str = "t1", steps: int = 100, pause_s: float = 0.005) -> None:
    """What a task's life looks like in the log."""
    log.append(events.sent(task_id, "trial.count", "celery"))
    log.append(Event("task-started", task_id, states.STARTED, "r1", 0, "started_at", {"worker": "w"}))
    for step in range(1, steps + 1):
        fields = {"current": step, "total": steps, "note": f"step {step}"}
        log.append(events.progressed(task_id, "r1", 1, states.PROGRESS, fields))
        time.sleep(pause_s)
    log.append(events.ended("succeeded", task_id, states.SUCCESS, "r1", result={"n": 1}, summary="done"))

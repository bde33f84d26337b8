"""Somebody who watches one task and notes when which value was seen."""

import json
import time
from typing import Any, NamedTuple, Protocol

import socketio

from tests.processes import wait_until
from tests.watcher import Watcher


class Sight(NamedTuple):
    """What was shown, and when (time.time(), this machine's clock as in the facts)."""

    at: float
    state: str
    current: int | None
    attempt: int


class Witness(Protocol):
    """What the matrix asks of whoever watches."""

    task_id: str
    room: str
    rows: dict[str, dict[str, Any]]
    sights: list[Sight]
    drops: int
    faults: list[str]
    client: Any


def _readable(told: object) -> bool:
    """Whether a browser can read it: JSON has no NaN and no Infinity, though Python reads and writes them."""
    try:
        json.dumps(told, allow_nan=False)
    except ValueError:
        return False
    return True


class PushboardWitness(Watcher):
    """A client of Pushboard's that watches one task; `room` "board" unless it is to be the task's own."""

    def __init__(self, url: str, task_id: str, room: str = "board", transports: list[str] | None = None) -> None:
        self.task_id = task_id
        self.sights: list[Sight] = []
        self.drops = 0
        super().__init__(url, room, transports)

    def _lost(self, *given: object) -> None:
        self.drops += 1
        super()._lost(*given)

    def _answer(self, answer: dict[str, Any]) -> None:
        super()._answer(answer)
        self._note(answer)

    def _apply(self, frame: dict[str, Any]) -> None:
        super()._apply(frame)
        self._note(frame)

    def _note(self, told: object) -> None:
        if not _readable(told):
            self.faults.append(f"no browser can read {told}")
        row = self.rows.get(self.task_id)
        if row:
            self.sights.append(Sight(time.time(), row["state"], row.get("current"), row.get("attempt") or 0))


class PlainWitness:
    """A client of plain Flask-SocketIO's: joins the task's room whenever it connects, hears its events."""

    def __init__(self, url: str, task_id: str, _room: str = "") -> None:
        self.task_id, self.room = task_id, task_id
        self.rows: dict[str, dict[str, Any]] = {}
        self.sights: list[Sight] = []
        self.drops = 0
        self.faults: list[str] = []
        self.client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.client.on("connect", lambda: self.client.emit("join", task_id))
        self.client.on("disconnect", self._lost)
        self.client.on("progress", self._hear)
        self.client.connect(url, transports=["websocket"])
        wait_until(lambda: self.client.connected, 5, "it is connected")

    def _lost(self, *_: object) -> None:
        self.drops += 1

    def _hear(self, told: dict[str, Any]) -> None:
        if not _readable(told):
            self.drops += 1  # a browser's client breaks the connection off at that
            return
        had = self.sights[-1].current if self.sights else None
        current = told["current"] if told["current"] is not None else had
        self.sights.append(Sight(time.time(), told["state"], current, 1))

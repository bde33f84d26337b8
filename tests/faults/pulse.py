"""How long a change takes to one ordinary watcher: from its append to the frame that tells it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import websocket

from tests.processes import Service
from worker import events, states
from worker.stream import Log

PAUSE_S = 0.06
"""Longer than between two frames of a room, so no frame waits for its turn."""

ANSWER_TIMEOUT_S = 10.0
MOST_P99_S = 0.75
"""Three times the 0.25 s that others may wait: tests run beside each other. What is printed, run by itself, counts."""


@dataclass(frozen=True)
class Beats:
    """What some seconds of it gave, in seconds."""

    took: list[float]

    @property
    def p99(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.99)]

    def __str__(self) -> str:
        middle = sorted(self.took)[len(self.took) // 2]
        return f"median {middle * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms of {len(self.took)}"


class Pulse:
    """One watcher of one task, which says something again and again."""

    def __init__(self, web: Service, log: Log, pause_s: float = PAUSE_S) -> None:
        self._log, self._pause_s, self._step = log, pause_s, 0
        log.append(events.sent("pulse", "trial.pulse", "celery"))
        self._socket = open_socket(web)
        self._socket.send('420["subscribe",{"room":"task:pulse"}]')
        while not str(self._socket.recv()).startswith("430"):
            pass

    def feel(self, seconds: float) -> Beats:
        """Measure for some seconds."""
        until = time.monotonic() + seconds
        return self.feel_while(lambda: time.monotonic() < until)

    def feel_while(self, condition: Callable[[], bool]) -> Beats:
        """Measure for as long as the condition holds."""
        took = list[float]()
        while condition() or not took:
            took.append(self._beat())
            time.sleep(self._pause_s)
        return Beats(took)

    def _beat(self) -> float:
        self._step += 1
        began = time.monotonic()
        self._log.append(events.progressed("pulse", "r1", 1, states.PROGRESS, {"current": self._step}))
        while self._step not in _told(str(self._socket.recv()), self._socket):
            pass
        return time.monotonic() - began

    def close(self) -> None:
        self._socket.close()


def _told(text: str, socket: websocket.WebSocket) -> list[int]:
    if text == "2":
        socket.send("3")
    if not text.startswith('42["frame"'):
        return []
    return [row.get("current") for row in json.loads(text[2:])[1]["rows"]]


def open_socket(web: Service, receive_buffer: int = 0) -> websocket.WebSocket:
    """A bare WebSocket that has said hello."""
    options = [(1, 8, receive_buffer)] if receive_buffer else []
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket", sockopt=options, timeout=ANSWER_TIMEOUT_S
    )
    socket.recv()
    socket.send("40")
    return socket


def rss_kb(pid: int) -> int:
    """The memory that a process holds."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])


def open_files(pid: int) -> int:
    """How many file descriptors a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))

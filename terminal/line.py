"""The connection to the web: what it says, in its order; made again whenever it breaks.

It speaks Socket.IO by itself: python-socketio's client begins a thread for each message, which mixes up their order.
One thread that reads no faster than it prints also bounds how much waits here.
"""

import json
import secrets
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from websocket import WebSocket, WebSocketException, WebSocketTimeoutException, create_connection

from terminal import web

PATH = "/socket.io/?EIO=4&transport=websocket"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0
ANSWER_TIMEOUT_S = 10.0
SILENCE_S = 16.0
"""The web asks every 10 s whether we are here: after so much silence it is gone."""

STEADY_S = 5.0
"""A connection that has lasted so long was a good one: after it the next is tried at once."""

BROKEN = (OSError, WebSocketException, ValueError)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that has happened. kind: connected, disconnected, tick, or the name of an event, such as frame."""

    kind: str
    told: Mapping[str, Any] = field(default_factory=dict)


class Line:
    """A Socket.IO connection over WebSocket."""

    def __init__(self, url: str) -> None:
        """Does not connect yet."""
        self._url = url
        self._socket: WebSocket | None = None
        self._waiting: deque[Said] = deque()
        self._asked = 0
        self._heard_at = self._connected_at = 0.0
        self._tries = 0

    def open(self) -> None:
        """Raises NoAnswer if nobody is there, or nobody who speaks Socket.IO."""
        try:
            self._connect()
        except BROKEN as error:
            raise web.no_answer(self._url, error) from error

    def _connect(self) -> None:
        address = self._url.replace("http", "ws", 1) + PATH
        # An Origin is what a browser's page has.
        near = web.socket_to_here(self._url, ANSWER_TIMEOUT_S)
        self._socket = create_connection(address, timeout=ANSWER_TIMEOUT_S, suppress_origin=True, socket=near)
        self._heard_at = self._connected_at = time.monotonic()
        self._waiting = deque()
        self._expect("0{")
        self._send("40")
        self._expect("40{")
        self._waiting.appendleft(Said("connected"))

    def close(self) -> None:
        """Until it is made again."""
        if self._socket:
            self._socket.close(timeout=0)
            self._socket = None

    def said(self, tick_s: float) -> Iterator[Said]:
        """What happens, for ever; a `tick` if nothing did for so long."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            try:
                if self._socket is None:
                    self._connect()
                elif not self._hear(tick_s):
                    yield Said("tick")
            except BROKEN:
                yield Said("disconnected")
                self._wait_after_break()

    def _wait_after_break(self) -> None:
        if self._socket and time.monotonic() - self._connected_at > STEADY_S:
            self._tries = 0
        self.close()
        time.sleep(pause_s(self._tries))
        self._tries += 1

    def ask(self, request: Mapping[str, str]) -> dict[str, Any]:
        """The answer to a subscribe; `unavailable` if there is none. What the web says meanwhile is said afterwards."""
        try:
            return self._ask(request)
        except BROKEN:
            return {"error": {"code": "unavailable", "message": "The web did not answer in time."}}

    def _ask(self, request: Mapping[str, str]) -> dict[str, Any]:
        if self._socket is None:
            raise ConnectionResetError
        self._asked += 1
        self._send(f"42{self._asked}{json.dumps(['subscribe', request])}")
        answers: list[dict[str, Any]] = json.loads(self._expect(f"43{self._asked}["))
        return answers[0]

    def _expect(self, beginning: str) -> str:
        """Wait for this packet; what follows its digits. Raises one of BROKEN."""
        until = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < until:
            packet = self._receive(until - time.monotonic())
            if packet and packet.startswith(beginning):
                return packet[len(beginning) - 1 :]
            self._take(packet)
        raise TimeoutError

    def _hear(self, tick_s: float) -> bool:
        packet = self._receive(tick_s)
        self._take(packet)
        return packet is not None

    def _send(self, packet: str) -> None:
        assert self._socket
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        self._socket.send(packet)

    def _receive(self, wait_s: float) -> str | None:
        """The next packet, None if there is none so soon. Raises one of BROKEN."""
        assert self._socket
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            packet = self._socket.recv()
        except WebSocketTimeoutException:
            if time.monotonic() - self._heard_at > SILENCE_S:
                raise ConnectionResetError from None
            return None
        if not packet:
            raise ConnectionResetError
        self._heard_at = time.monotonic()
        return str(packet)

    def _take(self, packet: str | None) -> None:
        if packet == "2":
            self._send("3")
        elif packet and packet.startswith("42"):
            name, *told = json.loads(packet[2:])
            self._waiting.append(Said(name, told[0] if told else {}))
        elif packet and packet[:2] in ("41", "44", "1"):
            raise ConnectionResetError


def pause_s(tries: int) -> float:
    """Before something is tried again: nothing the first time, then more and more."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tries - 1)) if tries else 0.0
    return longest * (0.5 + secrets.randbelow(500) / 1000)

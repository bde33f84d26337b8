"""A WebSocket with a stranger at its other end: how much may come in one piece, how long sending may take."""

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from types import MethodType
from typing import Any

import socketio

from app.complaints import complaints
from app.packets import MOST_MESSAGE_BYTES, Refused, check, reason_of

MOST_BYTES_BETWEEN = MOST_MESSAGE_BYTES + 8_192
"""On the wire from one whole message to the next: fragments and control frames have no other bound."""

READS_IN_A_ROW = 32
"""Then the others have their turn, even if there is more to read."""

READ_AHEAD_BYTES = 4_096
"""eventlet reads a frame in three pieces, the first of them two bytes long."""

PIECE_BYTES = 65_536
LONGEST_SEND_S = 30.0
"""For one packet. Who takes nothing at all for the length of a ping and its answer (15 s) is given up earlier."""

LEAVING_S = 0.001
"""Between two who leave, so that those who stay have their turn when a crowd goes."""

AFTERWARDS = "pushboard.afterwards"
"""In a request's environment: a list of what is to be done when the request has been dealt with."""

Serve = Callable[[MethodType, Any], Any]
"""Serves a Wire to its end; is given python-engineio's own way to do so."""


class TooMuch(Refused, OSError):
    """More has come than one message may have."""


class Line:
    """The socket below a WebSocket."""

    def __init__(self, socket: Any, pause: Callable[[float], None]) -> None:
        """`pause` lets others run."""
        self.green, self._pause = socket, pause
        self._reads = 0
        self._ahead = b""
        self.bytes_between = 0
        self.through: Callable[[bytes], int] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.green, name)

    def recv(self, size: int) -> bytes:
        """Raises OSError, also when too much has come since the last whole message."""
        self._reads += 1
        if self._reads % READS_IN_A_ROW == 0:
            self._pause(0)
        if self.bytes_between > MOST_BYTES_BETWEEN:
            raise TooMuch("more than one message may have")
        if not self._ahead:
            self._ahead = self.green.recv(max(size, READ_AHEAD_BYTES))
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        self.bytes_between += len(data)
        return data

    def send(self, data: bytes) -> int:
        """Send all of it, by whoever does that for this line."""
        return (self.through or self.push)(data)

    sendall = send

    def push(self, data: bytes) -> int:
        """Send all of it. Raises OSError if the other end takes it too slowly."""
        until, left = time.monotonic() + LONGEST_SEND_S, memoryview(data)
        while left:
            if time.monotonic() > until:
                raise TimeoutError
            left = left[self.green.send(left[:PIECE_BYTES]) :]
        return len(data)

    def shutdown(self, how: int) -> None:
        """May be called again, and when the other end has gone."""
        try:
            self.green.shutdown(how)
        except OSError:
            return

    def close(self) -> None:
        """Whoever reads from it hears of the end, and it is closed in earnest when that one is through.

        Before, its number could be another's already: eventlet would break off the reading in the midst of its hub.
        """
        self.shutdown(2)


class Turns:
    """One after the other, however long each one takes: of timers, all that are late would go off at once."""

    def __init__(self, gap_s: float, pause: Callable[[float], None]) -> None:
        """`pause` lets others run."""
        self._gap_s, self._pause, self._lock = gap_s, pause, threading.Lock()

    def wait(self) -> None:
        """Until it is this one's turn."""
        with self._lock:
            self._pause(self._gap_s)


class Wire:
    """A WebSocket as python-engineio uses it: wait, send, close."""

    def __init__(self, websocket: Any, pause: Callable[[float], None], leaving: Turns) -> None:
        """`websocket`: eventlet's, or engineio's around simple-websocket's."""
        self.websocket, self._leaving, self.pause = websocket, leaving, pause
        owner, name = (websocket, "socket") if hasattr(websocket, "socket") else (websocket.ws, "sock")
        self.socket = Line(getattr(owner, name), pause)
        setattr(owner, name, self.socket)
        self._heard = 0

    def wait(self) -> str | None:
        """The next packet; None if there will be none any more, or none that may be read."""
        try:
            packet: str | None = self.websocket.wait()
            self.socket.bytes_between = 0
            if packet is not None:
                self._heard += 1
                check(packet, self._heard)
        except ValueError as error:  # also what is no UTF-8
            complaints.add("closed a WebSocket: it sent %s", reason_of(error))
        except (OSError, EOFError):
            pass  # it has gone or fallen silent; an uncaught EOFError ends eventlet's hub, and so the process
        else:
            if packet is None:
                self._leaving.wait()
            return packet
        self.socket.shutdown(2)
        self._leaving.wait()
        return None

    def send(self, packet: str | bytes) -> None:
        """Raises OSError."""
        self._give(self.websocket.send, packet)

    def push(self, data: bytes) -> None:
        """Send what is a frame already, or the rest of one. Raises OSError."""
        self._give(self.socket.push, data)

    def _give(self, send: Callable[[Any], Any], data: str | bytes) -> None:
        try:
            send(data)
        except OSError as error:
            if isinstance(error, TimeoutError):
                complaints.add("closed a WebSocket: it does not read what it is sent")
            self.socket.shutdown(2)
            self._leaving.wait()
            raise

    def close(self) -> None:
        """Say goodbye, if the other end still listens."""
        with contextlib.suppress(OSError):
            self.websocket.close()
        self.socket.shutdown(2)


def guard(server: socketio.Server, serve: Serve) -> None:
    """Let this server's WebSockets be Wires, whatever serves them."""
    eio = server.eio
    wired = partial(Wire, pause=eio.sleep, leaving=Turns(LEAVING_S, eio.sleep))
    # engineio has no other place for it; a test holds it to this.
    eio._async = eio._async | {"websocket": partial(_accept, eio._async["websocket"], wired, serve)}


def _accept(
    driver: Callable[..., Any], wired: Callable[[Any], Wire], serve: Serve, handle: MethodType, server: Any
) -> Any:
    accepted = driver(lambda websocket: _begin(websocket, partial(serve, handle, wired(websocket))), server)
    accepted.support_legacy_versions = False  # eventlet's: drafts from before 2011
    return accepted


def _begin(websocket: Any, serving: Callable[[], Any]) -> Any:
    """Serve, or leave that for when the request has been dealt with."""
    afterwards: list[Callable[[], Any]] | None = getattr(websocket, "environ", {}).get(AFTERWARDS)
    if afterwards is None:
        return serving()

    def later() -> None:
        websocket.websocket_closed = False
        serving()

    afterwards.append(later)
    websocket.environ = {}
    websocket.websocket_closed = True  # until then: eventlet takes the return from here for the end, and says goodbye
    return None

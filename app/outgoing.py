"""What goes out to one WebSocket client: at once where its socket takes it, else in order, as the socket takes it."""

import queue
from collections import deque
from collections.abc import Callable
from typing import Any

from engineio.packet import MESSAGE, Packet

from app.wire import Wire

TURN_S = 0.02
"""Between two looks whether a control frame has gone out."""

TEXT, BINARY = b"\x81", b"\x82"


class Ready(Packet):  # type: ignore[misc]  # python-engineio is not typed
    """A message whose bytes on a WebSocket are made once, however many clients it goes to."""

    def __init__(self, message: str) -> None:
        """`message`: a Socket.IO packet."""
        super().__init__(MESSAGE, message)
        self.frame = frame(self)


def frame(packet: Packet) -> bytes:
    """A packet as one WebSocket frame. A server's frames are not masked, so it is the same for all clients."""
    encoded: str | bytes = packet.encode()
    kind, data = (TEXT, encoded.encode()) if isinstance(encoded, str) else (BINARY, encoded)
    if len(data) < 126:
        return kind + bytes([len(data)]) + data
    if len(data) < 65_536:
        return kind + b"\x7e" + len(data).to_bytes(2) + data
    return kind + b"\x7f" + len(data).to_bytes(8) + data


def _bytes_of(packet: Packet) -> bytes:
    return packet.frame if isinstance(packet, Ready) else frame(packet)


class Outgoing:
    """The queue of python-engineio's for a client, and what empties it.

    What is put is written straight to the socket, which never waits. What the socket does not take, be it a part of a
    frame, makes a task of its own: until that has finished, all else waits in `queue`. So there is one order, no frame
    is torn, and nobody waits for anybody else.
    """

    __slots__ = ("_control", "_over", "_rest", "_send", "_start", "_task", "_wire", "queue")

    def __init__(self, wire: Wire, start: Callable[[Callable[[], None]], Any]) -> None:
        """`start`: begins a background task."""
        self.queue: deque[Packet | None] = deque()
        self._wire, self._start = wire, start
        self._send: Callable[[bytes], int] = wire.socket.fd.send  # of the real socket, below eventlet's
        self._rest, self._control, self._over = b"", b"", False
        self._task: Any = None  # finishes what the socket did not take

    def put(self, packet: Packet | None) -> None:
        """Send a packet; None is the last one, and closes."""
        if packet is None and self._task is None:
            if not self._over:
                self._end()
        elif packet is None or not self.write(_bytes_of(packet)):
            self.queue.append(packet)

    def write(self, data: bytes) -> bool:
        """Send a frame now. False if others wait, which go first; of who has gone nothing more is heard."""
        if self._task is not None:
            return self._over
        if self._over:
            return True
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._over = True
            self._wire.socket.shutdown(2)  # whoever reads from it hears of the end, and tidies up
            return True
        if sent < len(data):
            self._rest = data[sent:]
            self._task = self._start(self._finish)
        return True

    def send(self, data: bytes) -> int:
        """Send a control frame of the WebSocket itself: not within a packet, and before those that wait."""
        if not self.write(data):
            self._control = data
        while self._control and not self._over:
            self._wire.pause(TURN_S)  # who pings and does not read what it is told is not read from
        return len(data)

    def join(self) -> None:
        """Wait until all is out, or the client is given up."""
        if self._task is not None:
            self._task.join()

    def qsize(self) -> int:
        """How many packets wait."""
        return len(self.queue)

    def get(self, **_: Any) -> Packet:
        """For a long poll that ends while its client moves to WebSocket: there is nothing more for it."""
        raise queue.Empty

    def task_done(self) -> None:
        """For that poll, too."""

    def _finish(self) -> None:
        """In a task of its own: what the socket did not take, and then what has come meanwhile."""
        try:
            self._wire.push(self._rest)
            while (self._control or self.queue) and not self._over:
                self._wire.push(self._next())
        except OSError:
            self._over = True
        self._rest, self._task = b"", None
        if self._over:
            self._end()

    def _next(self) -> bytes:
        control, self._control = self._control, b""
        if control:
            return control
        packet = self.queue.popleft()
        self._over = packet is None
        return _bytes_of(packet) if packet else b""

    def _end(self) -> None:
        self._over = True
        self.queue.clear()
        self._wire.close()

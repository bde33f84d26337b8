"""`python -m bench.rivals.kernel`: sends some bytes to each of many sockets, and does nothing else: the limit."""

import socket
from typing import Any

from bench.pace import Pace
from bench.player import obey

BACKLOG = 4_096


class Sender:
    """Listens, and sends to all that came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._sockets: list[socket.socket] = []
        self._pace: Pace | None = None
        self._data = b""

    def listen(self, size: int) -> int:
        """The port. size: of what is in the WebSocket frame that is sent."""
        self._data = b"\x81\x7e" + size.to_bytes(2) + b"." * size
        return int(self._listener.getsockname()[1])

    def welcome(self, count: int) -> None:
        """Take in so many."""
        for _ in range(count):
            accepted, _ = self._listener.accept()
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(accepted)

    def end(self, hz: float) -> None:
        """Send it to each of them, so many times a second, until `stop`."""
        sends, data = [accepted.send for accepted in self._sockets], self._data

        def once(_: int) -> None:
            for send in sends:
                send(data)

        self._pace = Pace(once, hz)

    def stop(self) -> dict[str, Any]:
        """Stop, and tell how it went."""
        assert self._pace
        return self._pace.stop()


if __name__ == "__main__":
    sender = Sender()
    obey({"listen": sender.listen, "welcome": sender.welcome, "end": sender.end, "stop": sender.stop})

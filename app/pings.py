"""Asks clients whether they are still there: one task for all, where python-engineio has one for each."""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import socketio
from engineio import Server
from engineio.packet import PING, Packet
from engineio.socket import Socket

logger = logging.getLogger(__name__)

LOOK_S = 0.5
"""Between two looks who is to be asked, and who has not answered in time."""


class Pings:
    """Takes the place of what python-engineio begins for each client, and of its look at all of them in turn."""

    def __init__(self, server: socketio.Server) -> None:
        """Begins with the first client."""
        self._engine = server.eio
        self._due: deque[tuple[float, Socket]] = deque()
        self._begin: Callable[..., Any] = self._engine.start_background_task
        self._engine.start_background_task = self.begin

    def begin(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Begin a background task, if it is not one of those."""
        function = getattr(target, "__func__", None)
        if function is Socket._send_ping:
            self._due.append((time.monotonic() + self._engine.ping_interval, getattr(target, "__self__", None)))
            return None
        return self._begin(self.run if function is Server._service_task else target, *args, **kwargs)

    def run(self) -> None:
        """For ever, in the background."""
        while True:
            self._engine.sleep(LOOK_S)
            try:
                self.look()
            except Exception:
                logger.exception("looking after the clients failed; the next look is soon")

    def look(self) -> None:
        """Ask those whose turn it is; let go of those who have not answered."""
        self._ask()
        self._let_go()

    def _ask(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, socket = self._due.popleft()
            if not socket.closing and not socket.closed:
                socket.last_ping = time.time()
                socket.send(Packet(PING))

    def _let_go(self) -> None:
        for eio_sid, socket in list(self._engine.sockets.items()):
            if socket.closed:
                self._engine.sockets.pop(eio_sid, None)
            elif not socket.closing:
                socket.check_ping_timeout()

"""Serves HTTP with eventlet: its WSGI server, with a bound on how long a client may take and how many may come."""

import errno
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import eventlet
from eventlet import wsgi

from app.allowance import Allowance
from app.arrivals import Arrival, Arrivals
from app.complaints import complaints
from app.guard import WsgiApp
from app.wire import AFTERWARDS

HEAD_S = 10.0
"""From connecting to the end of the first request's head."""

NEXT_HEAD_S = 75.0
"""From the end of an answer to the end of the next request's head: browsers and proxies keep connections for later."""

BODY_S = 120.0
STALL_S = 30.0
"""Without a byte in either direction, where more is due."""

BACKLOG = 1_024
"""Connections that wait to be accepted: those above the usual 50 would try again after one, three, seven seconds."""

MOST_UNSENT_BYTES = 131_072
"""Of one connection, that the system takes ahead. Its usual megabytes nobody counts, and pings wait behind them."""

LET_IN_PAUSE_S = 0.002
"""Between two connections of a crowd, so that those who are here have their turn while it comes."""

CROWD = 12
"""Connections at once: those of two browsers that load a page are none."""

BEING_REFUSED, GOODBYE_S = 32, 1.0
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Retry-After: 60\r\n\r\nThis server has as many connections as it takes. Try again in a minute.\n"
)


class Body:
    """What a client sends after the head of its request, within a time."""

    def __init__(self, file: Any) -> None:
        """`file`: where to read from."""
        self._file, self._until = file, time.monotonic() + BODY_S

    def read(self, size: int = -1) -> bytes:
        """Raises TimeoutError."""
        return self._within(self._file.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Raises TimeoutError."""
        return self._within(self._file.readline, size)

    def _within(self, read: Callable[[int], bytes], size: int) -> bytes:
        with eventlet.Timeout(max(self._until - time.monotonic(), 0.001), TimeoutError):
            return read(size)


class Protocol(wsgi.HttpProtocol):  # type: ignore[misc]  # eventlet is not typed
    """One connection's requests."""

    def __init__(self, arrivals: Arrivals, state: list[Any], server: Any) -> None:
        """`state`: address, socket and what it is at. Serves all requests, then returns."""
        self._arrivals, connection = arrivals, state[1]
        self._arrival = Arrival(state[0][0], partial(_shut, connection))
        self._head_s = HEAD_S
        if not arrivals.enter(self._arrival):
            _refuse(connection)
            return
        try:
            super().__init__(state, server)
        except OSError:
            pass  # it has gone, or has taken too long
        finally:
            arrivals.left(self._arrival)

    def handle_one_request(self) -> None:
        """Read a head, answer."""
        self._deadline = eventlet.Timeout(self._head_s, TimeoutError)
        try:
            super().handle_one_request()
        finally:
            self._deadline.cancel()
            self._head_s = NEXT_HEAD_S

    def get_environ(self) -> dict[str, Any]:
        """The head is complete."""
        self._deadline.cancel()
        self._arrivals.spoke(self._arrival)
        environ = cast(dict[str, Any], super().get_environ())
        environ["eventlet.input"].rfile = Body(self.rfile)
        return environ

    def handle_one_response(self) -> None:
        """Answer. A WebSocket is served when its request is forgotten, and the deep stack of answering it is gone."""
        if "HTTP_UPGRADE" not in self.environ:
            super().handle_one_response()
            return
        afterwards: list[Callable[[], None]] = []
        self.environ[AFTERWARDS] = afterwards
        _in_a_stack_of_its_own(super().handle_one_response)
        if afterwards:
            self._forget_request()
            afterwards.pop()()

    def _forget_request(self) -> None:
        self.rfile.close()
        self.wfile.close()
        self.environ: dict[str, Any] = {}
        self.headers = self.raw_requestline = self.requestline = self.path = None


def _in_a_stack_of_its_own(act: Callable[[], None]) -> None:
    def caught() -> BaseException | None:
        try:
            act()
        except BaseException as error:
            return error
        return None

    error = eventlet.spawn(caught).wait()
    if error:
        raise error


class Listener:
    """A listening socket that accepts one after the other, until it is told to let nobody in any more."""

    def __init__(self, host: str, port: int) -> None:
        """Raises OSError if the port is taken."""
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self._listening = eventlet.listen(address, family, backlog=BACKLOG)
        # Accepted sockets inherit it. Without it, what is small waits up to 40 ms until the last one is acknowledged.
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_UNSENT_BYTES)
        self._at_once = Allowance(CROWD, CROWD)
        self._closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listening, name)

    def accept(self) -> Any:
        """The next connection and its address."""
        eventlet.sleep(0 if self._at_once.spend() else LET_IN_PAUSE_S)
        try:
            return self._listening.accept()
        except OSError as error:
            if self._closed:
                raise BrokenPipeError(errno.EPIPE, "closed") from error  # for eventlet.wsgi an end in order
            raise

    def refuse(self) -> None:
        """Whoever comes from now on is refused by the system, before anything is sent: a proxy asks the next web."""
        self._closed = True
        self._listening.shutdown(socket.SHUT_RDWR)


def _shut(connection: Any) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has gone by itself


def _refuse(connection: Any) -> None:
    """Say why, and wait a moment for it to be read: to close at once would take the words back."""
    complaints.add("refused a connection: there are as many as this process takes")
    try:
        connection.settimeout(GOODBYE_S)
        connection.sendall(FULL)
        connection.shutdown(socket.SHUT_WR)
        with eventlet.Timeout(GOODBYE_S, TimeoutError):
            while connection.recv(4_096):
                pass
    except OSError:
        return


def serve(app: WsgiApp, listener: Listener, most: int) -> None:
    """Serve until the listener refuses, at most `most` connections at once."""
    wsgi.server(
        listener,
        app,
        protocol=partial(Protocol, Arrivals(most)),
        max_size=most + BEING_REFUSED,
        keepalive=NEXT_HEAD_S,
        socket_timeout=STALL_S,
        log_output=False,
        debug=False,  # a fault's traceback is for the log alone
    )

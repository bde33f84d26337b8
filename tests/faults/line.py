"""A line to Redis that can go dead: nothing comes through any more, and nobody is told that it has broken."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Line:
    """A proxy in front of Redis. Use as a context manager, or `close` it.

    Connections that were open when the line was `cut`, or are opened while it is, stay open and dead for ever, as
    behind a firewall that has forgotten them. After `mend` new ones work.
    """

    def __init__(self, redis_url: str) -> None:
        """`redis_url`: where it leads to."""
        self._target = urlsplit(redis_url)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._generation = 0
        self._is_cut = False
        self._kept: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Redis at the other end."""
        account = self._target.netloc.rpartition("@")[0]
        host = f"{account}@127.0.0.1:{self._socket.getsockname()[1]}"
        return urlunsplit(self._target._replace(netloc=host))

    def cut(self) -> None:
        """From now on nothing comes through."""
        self._generation += 1
        self._is_cut = True

    def mend(self) -> None:
        """From now on new connections work."""
        self._is_cut = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for end in [self._socket, *self._kept]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                self._kept.append(near)
                if not self._is_cut:
                    self._join(near)

    def _join(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self._target.port or 6379))
        self._kept.append(far)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(source, target, self._generation), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, generation: int) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if generation == self._generation:
                    target.sendall(data)
        if generation == self._generation:
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

"""Listens in between browser and web process: which requests and WebSockets came, and how much was said on them."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from typing import Self

REQUEST = re.compile(rb"(?:^|\r\n)(GET|HEAD|POST|PUT|DELETE|OPTIONS) (\S+) HTTP/1\.1\r\n")
UPGRADE = re.compile(rb"\r\nupgrade: websocket\r\n", re.IGNORECASE)


class Wiretap:
    """Passes everything on to `port`, both ways. Use as a context manager; `forget` starts to count anew."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.web_sockets = 0
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.forget()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def forget(self) -> None:
        """Count requests and bytes from now on; web sockets are counted from the beginning."""
        with self._lock:
            self.requests: list[str] = []
            self.said = self.heard = 0  # bytes from and to the browser

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as server:
            threading.Thread(target=self._pass_on, args=(server, browser, self._heard), daemon=True).start()
            self._pass_on(browser, server, self._said)

    def _pass_on(self, source: socket.socket, target: socket.socket, note: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                note(data)
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _said(self, data: bytes) -> None:
        with self._lock:
            self.said += len(data)
            self.requests += [f"{method.decode()} {path.decode()}" for method, path in REQUEST.findall(data)]
            self.web_sockets += len(UPGRADE.findall(data))

    def _heard(self, data: bytes) -> None:
        with self._lock:
            self.heard += len(data)

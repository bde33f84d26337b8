"""A proxy in front of the web process that lets no WebSocket through, as some in offices do."""

import contextlib
import socket
import threading
from typing import Self

REFUSAL = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Passes everything on to `port` but requests to upgrade. Use as a context manager."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.refused = 0
        self._socket = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

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
        with browser, contextlib.suppress(OSError):
            request = browser.recv(65_536)
            if b"upgrade: websocket" in request.lower():
                self.refused += 1
                browser.sendall(REFUSAL)
                return
            with socket.create_connection(("127.0.0.1", self.port)) as server:
                server.sendall(request)
                threading.Thread(target=_pass_on, args=(browser, server), daemon=True).start()
                _pass_on(server, browser)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

"""The cable between a watcher and a web: it can be cut, go dead without a word, or never bring back what it carried."""

import contextlib
import socket
import threading
from typing import Self


class Cable:
    """Passes everything on to `port`. Use as a context manager."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows = threading.Event()
        self._flows.set()
        self._is_cut = False
        self._links: list[_Link] = []

    @property
    def url(self) -> str:
        """Where the web answers through this cable."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flows.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def drop(self) -> None:
        """Close all connections; new ones are let through."""
        for link in self._links:
            link.close()
        self._links.clear()

    def cut(self) -> None:
        """Close all connections, and each new one at once."""
        self._is_cut = True
        self.drop()

    def mend(self) -> None:
        """After `cut` or `freeze`: let everything through again, what waited first."""
        self._is_cut = False
        self._flows.set()

    def freeze(self) -> None:
        """Nothing passes and nobody is told, as with a laptop's lid closed; what is sent meanwhile waits."""
        self._flows.clear()

    def forget(self) -> None:
        """The connections there are stay open and carry nothing ever again, as after a change of network."""
        for link in self._links:
            link.dead = True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                watcher, _ = self._listener.accept()
                if self._is_cut:
                    watcher.close()
                else:
                    self._join(watcher)

    def _join(self, watcher: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._links.append(_Link(watcher, socket.create_connection(("127.0.0.1", self.port)), self._flows))
            return
        watcher.close()  # nobody is at the other end


class _Link:
    """One connection through the cable, a thread for each direction."""

    def __init__(self, watcher: socket.socket, web: socket.socket, flows: threading.Event) -> None:
        self.dead = False
        self._ends, self._flows = (watcher, web), flows
        self._open = 2
        self._lock = threading.Lock()
        for source, target in ((watcher, web), (web, watcher)):
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                if not self.dead:
                    target.sendall(data)
        self._flows.wait()
        if not self.dead:
            self.close()
        self._end()

    def close(self) -> None:
        """Tell both ends that it is over."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _end(self) -> None:
        """The second direction to end closes the sockets: none is closed while the other thread reads it."""
        with self._lock:
            self._open -= 1
            if not self._open:
                for end in self._ends:
                    end.close()

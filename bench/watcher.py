"""One client of the bench's crowd: a bare WebSocket that says what it wants, then reads as little as it can."""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence

from bench.freshness import Chunk, Told, texts, told
from tests.faults.crowd import UPGRADE, frame

HELLO, PING = b"40", b"2"
PONG = frame(b"3")
BUFFER = bytearray(1 << 18)
VIEW = memoryview(BUFFER)


class Watcher:
    """After it has said what it wants, only the heads of frames are read: how many there are, and which are pings.

    One whose chunks are `kept` is there to be read later, when nobody waits for it any more.
    """

    __slots__ = ("_arrived", "_head", "_hello", "_say", "chunks", "frames", "gone", "here", "pings", "skip", "socket")

    def __init__(self, port: int, say: Sequence[str]) -> None:
        """`say`: Socket.IO packets, of which the last is acknowledged. Without any it is a bare connection."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._say, self._hello, self._head = say, b"", b""
        self.skip = self.frames = self.pings = 0
        self.chunks: list[Chunk] | None = None
        self.here, self.gone = not say, False
        if say:
            self.socket.send(UPGRADE)

    def begin(self, keeps: bool) -> None:
        """Count from now on, and keep what comes."""
        self.frames = self.pings = 0
        self.chunks = [(0.0, self._head)] if keeps else None
        self._arrived = self.skip

    def heard(self) -> Iterator[tuple[float, Told]]:
        """What was told in the messages that were kept, and when."""
        return told(texts(self.chunks or (), self._arrived))

    def read(self) -> None:
        """Take what has come."""
        room = len(self._head)
        try:
            length = self.socket.recv_into(VIEW[room:])
        except BlockingIOError:
            return
        except OSError:
            length = 0
        if not length:
            self.gone = True
        elif not self.here:
            self._introduce(bytes(VIEW[:length]))
        else:
            if self.chunks is not None:
                self.chunks.append((time.monotonic(), bytes(VIEW[room : room + length])))
            BUFFER[:room] = self._head
            self._walk(room + length)

    def _walk(self, length: int) -> None:
        """From head to head of the frames in the buffer."""
        self._head = b""
        at = self.skip
        while at < length:
            start = at + 2
            size = BUFFER[at + 1] if start <= length else 126
            if size >= 126:
                start += 2 if size == 126 else 8
                if start > length:
                    self._head = bytes(VIEW[at:length])
                    break
                size = int.from_bytes(VIEW[at + 2 : start])
            if size == 1:
                self._answer_ping()
            else:
                self.frames += 1
            at = start + size
        self.skip = max(at - length, 0) if not self._head else 0

    def _answer_ping(self) -> None:
        self.pings += 1
        with contextlib.suppress(OSError):
            self.socket.send(PONG)

    def _introduce(self, data: bytes) -> None:
        """Up to the answer to what it has said."""
        self._hello += data
        head, found, rest = self._hello.partition(b"\r\n\r\n")
        if not found:
            return
        if b" 101 " not in head.split(b"\r\n")[0]:
            self.gone = True
            return
        read = 0
        for _, text in texts([(0.0, rest)]):
            read += len(frame(text, masked=False))
            self._reply(text)
        self._hello = head + found + rest[read:]
        if self.here:
            left = rest[read:]
            BUFFER[: len(left)] = left
            self._walk(len(left))

    def _reply(self, text: bytes) -> None:
        if text == PING:
            self._answer_ping()
        elif text.startswith(b"0"):
            self.socket.send(frame(HELLO))
        elif text.startswith(HELLO):
            for packet in self._say:
                self.socket.send(frame(packet.encode()))
        elif text.startswith(b"43"):
            self.here = True
            self._arrived = 0

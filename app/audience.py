"""Who watches which room in this process, and who cannot keep up."""

import threading
from typing import Protocol

from flask_socketio import SocketIO

from app import rooms
from app.feed import Feed

MOST_WAITING = 20
"""Packets that may wait for one client. What comes on top is skipped, and the client is caught up from the table."""


class TooManyRooms(Exception):
    """A connection asks for more rooms than it may be in."""


class Position(Protocol):
    """Whoever follows the log, and has got as far as `offset`."""

    offset: str


class Audience:
    """The watchers of this process. Hold `lock` while using `feeds` or `behind`."""

    def __init__(self, socketio: SocketIO, position: Position) -> None:
        """A room that is watched anew begins at `position`."""
        self.lock = threading.RLock()
        self.feeds: dict[str, Feed] = {}
        self.behind: set[tuple[str, str]] = set()
        self.skipped = 0
        self._socketio, self._position = socketio, position
        self._rooms: dict[str, set[str]] = {}

    def join(self, room: str, sid: str) -> None:
        """Tell this client what happens in the room from now on. Raises TooManyRooms."""
        with self.lock:
            joined = self._rooms.setdefault(sid, set())
            if room not in joined and len(joined) >= rooms.MOST_ROOMS:
                raise TooManyRooms
            joined.add(room)
            self.feeds.setdefault(room, Feed(self._position.offset)).sids.add(sid)
            self._socketio.server.enter_room(sid, room, namespace="/")

    def leave(self, room: str, sid: str) -> None:
        """Tell this client no more of the room."""
        with self.lock:
            if room in self._rooms.get(sid, ()):
                self._socketio.server.leave_room(sid, room, namespace="/")
                self._rooms[sid].discard(room)
                self._remove(room, sid)

    def leave_all(self, sid: str) -> None:
        """The client has gone."""
        with self.lock:
            for room in self._rooms.pop(sid, ()):
                self._remove(room, sid)

    def _remove(self, room: str, sid: str) -> None:
        self.behind.discard((room, sid))
        self.feeds[room].sids.discard(sid)
        if not self.feeds[room].sids:
            del self.feeds[room]

    def slow(self, room: str) -> list[str]:
        """Those of the room for whom too much waits already; they are remembered as behind."""
        slow = [sid for sid in self.feeds[room].sids if self._waiting(sid) > MOST_WAITING]
        self.skipped += len(slow)
        self.behind.update((room, sid) for sid in slow)
        return slow

    def caught_up(self) -> list[tuple[str, str]]:
        """Room and client of those who were behind and for whom nothing waits any more."""
        with self.lock:
            drained = [pair for pair in self.behind if self._waiting(pair[1]) == 0]
            self.behind.difference_update(drained)
            return drained

    def _waiting(self, sid: str) -> int:
        server = self._socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        return socket.queue.qsize() if socket else 0

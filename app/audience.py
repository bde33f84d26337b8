"""Who watches which room in this process, and who cannot keep up."""

import threading
from collections.abc import Collection
from typing import Any, Protocol, cast

from flask_socketio import SocketIO

from app import rooms
from app.feed import Feed

MOST_WAITING, MOST_WAITING_CHARACTERS = 20, 1_000_000
"""Packets that may wait for one client, and how long they may be together. What comes on top is skipped, and the client
is caught up from the table."""


class TooManyRooms(Exception):
    """A connection asks for more rooms than it may be in."""


class Gone(Exception):
    """The client has gone meanwhile."""


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

    def clients(self) -> int:
        """How many clients watch something."""
        return len(self._rooms)

    def is_watched(self, room: str) -> bool:
        """Whether anybody is in the room."""
        return room in self.feeds

    def join(self, room: str, sid: str) -> None:
        """Tell this client what happens in the room from now on. Raises TooManyRooms, or Gone."""
        with self.lock:
            if not self._socketio.server.manager.is_connected(sid, "/"):
                raise Gone  # it has left all its rooms already, and would never leave this one
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

    def falls_behind(self, room: str, sid: str) -> bool:
        """Whether too much waits for this one already; it is remembered as behind if it watches the room."""
        if not self._is_slow(sid):
            return False
        with self.lock:
            self.skipped += 1
            if room in self._rooms.get(sid, ()):
                self.behind.add((room, sid))
        return True

    def is_full(self, sid: str) -> bool:
        """Whether as much waits for this client as may."""
        return _characters(self._waiting(sid)) > MOST_WAITING_CHARACTERS

    def caught_up(self) -> list[tuple[str, str]]:
        """Room and client of those who were behind and for whom nothing waits any more."""
        with self.lock:
            drained = [pair for pair in self.behind if not self._waiting(pair[1])]
            self.behind.difference_update(drained)
            return drained

    def _is_slow(self, sid: str) -> bool:
        waiting = self._waiting(sid)
        if len(waiting) <= 1:
            return False
        return len(waiting) > MOST_WAITING or _characters(waiting) > MOST_WAITING_CHARACTERS

    def _waiting(self, sid: str) -> Collection[Any]:
        """The packets that wait for a client."""
        server = self._socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        return cast(Collection[Any], socket.queue.queue) if socket else ()


def _characters(packets: Collection[Any]) -> int:
    return sum(len(packet.data or "") for packet in tuple(packets) if packet is not None)

"""Follows the log, conflates what it says, and emits it to rooms; the only emitter to rooms."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from flask_socketio import SocketIO

from app import rooms
from app.feed import INTERVAL_S, Feed
from worker import states
from worker.store import Table
from worker.stream import FOLLOW_BLOCK_MS, NO_OFFSET, READ_COUNT, Entry, Log

logger = logging.getLogger(__name__)

SHORTEST_READ_S = 0.005
"""Between two reads of a busy log: bounds what following costs, and adds at most this to a change's way."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5
CHECK_S = 1.0
MOST_WAITING = 20
"""Packets that may wait for one client. What comes on top is skipped, and the client is caught up from the table."""


class Relay:
    """One follower for all the rooms of this process."""

    def __init__(self, socketio: SocketIO, open_log: Callable[[], Log], table: Callable[[], Table]) -> None:
        """`open_log` and `table` are called in the follower."""
        self.live = False
        self.epoch = ""
        self.offset = NO_OFFSET
        self.foreign = self.skipped = self.resets = 0
        self._socketio, self._open_log, self._table = socketio, open_log, table
        self._feeds: dict[str, Feed] = {}
        self._behind: set[tuple[str, str]] = set()
        self._lock = threading.RLock()
        self._pause_s = 0.0
        self._checked_at = 0.0

    def start(self) -> None:
        """Follow the log from now on, in the background, whatever happens to Redis."""
        self._socketio.start_background_task(self._follow)

    def join(self, room: str, sid: str) -> None:
        """Tell this client what happens in the room from now on. Raises ValueError if it is in too many."""
        with self._lock:
            if room not in self._feeds:
                self._feeds[room] = Feed(self.offset)
            if sum(sid in feed.sids for feed in self._feeds.values()) >= rooms.MOST_ROOMS:
                raise ValueError("too many rooms")
            self._feeds[room].sids.add(sid)
            self._socketio.server.enter_room(sid, room, namespace="/")

    def leave(self, room: str, sid: str) -> None:
        """Tell this client no more of the room."""
        with self._lock:
            feed = self._feeds.get(room)
            if feed and sid in feed.sids:
                feed.sids.discard(sid)
                self._socketio.server.leave_room(sid, room, namespace="/")
                self._forget_if_empty(room)

    def leave_all(self, sid: str) -> None:
        """The client has gone."""
        with self._lock:
            for room in [room for room, feed in self._feeds.items() if sid in feed.sids]:
                self._feeds[room].sids.discard(sid)
                self._forget_if_empty(room)
            self._behind = {(room, other) for room, other in self._behind if other != sid}

    def _forget_if_empty(self, room: str) -> None:
        if not self._feeds[room].sids:
            del self._feeds[room]

    def _follow(self) -> None:
        log: Log | None = None
        while True:
            try:
                if log is None:
                    log = self._open_log()
                    self._open(log)
                self._read(log)
                self._tell_live(True)
            except (redis.RedisError, OSError) as error:
                log = None
                self._wait_for_redis(error)
            except Exception:
                # A fault in one entry must not make the whole process deaf.
                logger.exception("following the log failed; it is opened anew")
                log = None
                self._socketio.sleep(LONGEST_PAUSE_S)

    def _wait_for_redis(self, error: Exception) -> None:
        if self.live or not self._pause_s:
            logger.warning("the log cannot be followed: %s", error)
        self._tell_live(False)
        self._pause_s = min(max(self._pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self._socketio.sleep(self._pause_s)

    def _open(self, log: Log) -> None:
        """Go on where we were, or tell everybody that the thread is broken."""
        epoch, newest = log.open()
        if not self.epoch:
            self.epoch, self.offset = epoch, newest
        elif epoch != self.epoch or newest < self.offset or log.trimmed_after(self.offset):
            self._break_off(epoch, newest)
        self._pause_s = 0.0

    def _break_off(self, epoch: str, newest: str) -> None:
        """What the watchers hold cannot be continued: an empty frame makes each of them subscribe again."""
        with self._lock:
            self.resets += 1
            self.epoch, self.offset = epoch, newest
            logger.warning("the log has a gap or is a new one: every watcher is sent the newest rows")
            for room, feed in self._feeds.items():
                feed.take(newest)
                self._emit(room, {"prev": newest, "offset": newest, "rows": []})

    def _read(self, log: Log) -> None:
        entries = log.read_after(self.offset, self._block_ms())
        with self._lock:
            for entry in entries:
                self._take_in(entry)
        if len(entries) == READ_COUNT and log.trimmed_after(self.offset):
            self._open(log)
        self._emit_due()
        self._nudge()
        self._check(log)
        if entries:
            self._socketio.sleep(SHORTEST_READ_S)

    def _block_ms(self) -> int:
        """Until the next frame is due, at most a second."""
        with self._lock:
            waiting = [feed.due for feed in self._feeds.values() if feed.pending]
        if self._behind:
            waiting.append(time.monotonic() + INTERVAL_S)
        if not waiting:
            return FOLLOW_BLOCK_MS
        return max(1, min(FOLLOW_BLOCK_MS, int((min(waiting) - time.monotonic()) * 1000) + 1))

    def _check(self, log: Log) -> None:
        """Once a second: is it still the same log? One that was flushed says nothing by itself."""
        if time.monotonic() - self._checked_at < CHECK_S:
            return
        self._checked_at = time.monotonic()
        if log.epoch() != self.epoch:
            self._open(log)

    def _take_in(self, entry: Entry) -> None:
        self.offset = max(self.offset, entry.offset)
        if entry.changes is None:
            self.foreign += 1
            return
        urgent = states.is_final(entry.changes.get("state") or "")
        for room in (rooms.BOARD, rooms.of_task(entry.changes["task_id"])):
            feed = self._feeds.get(room)
            if feed:
                feed.add(rooms.changes_for(room, entry.changes), urgent)

    def _emit_due(self) -> None:
        counts = self._counts()
        with self._lock:
            now = time.monotonic()
            for room, feed in list(self._feeds.items()):
                if feed.is_due(now):
                    with_counts = {"counts": counts} if room == rooms.BOARD and counts is not None else {}
                    self._emit(room, feed.take(self.offset) | with_counts)

    def _counts(self) -> dict[str, int] | None:
        """The board's counters, if a task has moved from one state to another since its last frame."""
        board = self._feeds.get(rooms.BOARD)
        moved = board is not None and board.moved and board.is_due(time.monotonic())
        return self._table().counts() if moved else None

    def _emit(self, room: str, frame: dict[str, Any]) -> None:
        slow = [sid for sid in self._feeds[room].sids if self._waiting(sid) > MOST_WAITING]
        self.skipped += len(slow)
        self._behind.update((room, sid) for sid in slow)
        frame = {"room": room, "epoch": self.epoch, **frame}
        self._socketio.emit("frame", frame, to=room, skip_sid=slow)

    def _waiting(self, sid: str) -> int:
        server = self._socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        return socket.queue.qsize() if socket else 0

    def _nudge(self) -> None:
        """Whoever was skipped and has drained hears of the gap, and catches up."""
        with self._lock:
            for room, sid in [pair for pair in self._behind if self._waiting(pair[1]) == 0]:
                self._behind.discard((room, sid))
                frame = {"room": room, "epoch": self.epoch, "prev": self.offset, "offset": self.offset, "rows": []}
                self._socketio.emit("frame", frame, to=sid)

    def _tell_live(self, live: bool) -> None:
        if live != self.live:
            self.live = live
            self._socketio.emit("upstream", {"live": live})

    def greet(self, sid: str) -> None:
        """Tell a new client whether the log is followed."""
        self._socketio.emit("upstream", {"live": self.live}, to=sid)

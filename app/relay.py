"""Follows the log, conflates what it says, and emits it to rooms; the only emitter to rooms."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import redis
from flask_socketio import SocketIO

from app import rooms, shortcut
from app.audience import Audience
from app.feed import INTERVAL_S
from app.flow import Flow
from app.healing import Healed
from app.reading import Reading, is_whole
from worker import states
from worker.store import Table
from worker.stream import FOLLOW_BLOCK_MS, NO_OFFSET, Entry, Log

logger = logging.getLogger(__name__)

SHORTEST_READ_S, AT_ONCE_S = 0.01, 0.001
"""Between two reads of a busy log: bounds what following costs, and adds at most this to a change's way."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5
CHECK_S = 1.0


class Relay:
    """One follower for all the rooms of this process."""

    def __init__(self, socketio: SocketIO, open_log: Callable[[], Log], table: Callable[[], Table]) -> None:
        """`open_log` and `table` are called in the follower."""
        self.live = False
        self.epoch = ""
        self.offset = NO_OFFSET
        self.healed = Healed()
        self.flow = Flow()
        self.hearers: list[Callable[[Mapping[str, Any]], None]] = [self.flow.add]
        self.audience = Audience(socketio, self)
        self._socketio, self._open_log, self._table = socketio, open_log, table
        self._known = NO_OFFSET  # up to where the log must reach: newer than `offset` until that has been read
        self._reading = Reading()
        self._pause_s = 0.0
        self._checked_at = 0.0

    def start(self) -> None:
        """Follow the log from now on, in the background, whatever happens to Redis."""
        self._socketio.start_background_task(self._follow)

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
                self._tell_live(False)
                self._socketio.sleep(LONGEST_PAUSE_S)

    def _wait_for_redis(self, error: Exception) -> None:
        if self.live or not self._pause_s:
            logger.warning("the log cannot be followed: %s", error)
            self.healed.redis_drops += 1
        self._tell_live(False)
        self._pause_s = min(max(self._pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self._socketio.sleep(self._pause_s)

    def _open(self, log: Log) -> None:
        """Go on where we were, or tell everybody that the thread is broken."""
        epoch, self._known = log.open()
        if not self.epoch:
            self.epoch, self.offset = epoch, self._known
            self.flow.begin(int(self.offset) / 1_000_000)
        elif epoch != self.epoch or self._known < self.offset:
            self._break_off(epoch, self._known)
        self._pause_s, self._checked_at = 0.0, time.monotonic()

    def _break_off(self, epoch: str, newest: str) -> None:
        """What the watchers hold cannot be continued: an empty frame makes each of them subscribe again."""
        with self.audience.lock:
            self.healed.resets += 1
            self.epoch, self.offset = epoch, newest
            self.flow.begin(int(newest) / 1_000_000)
            logger.warning("the log has a gap or is a new one: every watcher is sent the newest rows")
            watched = list(self.audience.feeds.items())
            for _, feed in watched:
                feed.take(newest)
        for room, _ in watched:
            self._emit(room, {"prev": newest, "offset": newest, "rows": []})

    def _read(self, log: Log) -> None:
        entries = self._reading.after(self.offset, log, self._block_ms())
        if is_whole(entries, self.offset, self._known):
            with self.audience.lock:
                for entry in entries:
                    self._take_in(entry)
        else:
            self._break_off(*log.open())
        self._emit_due()
        self._nudge()
        self._check(log)
        if entries:
            self._socketio.sleep(max(AT_ONCE_S, min(SHORTEST_READ_S, self._rest_s())))

    def _block_ms(self) -> int:
        return max(1, int(self._rest_s() * 1000) + 1)

    def _rest_s(self) -> float:
        """Until the next frame is due, at most as long as a read may wait."""
        with self.audience.lock:
            waiting = [feed.due for feed in self.audience.feeds.values() if feed.pending]
        now = time.monotonic()
        if self.audience.behind:
            waiting.append(now + INTERVAL_S)
        return min(FOLLOW_BLOCK_MS / 1000, *(due - now for due in waiting)) if waiting else FOLLOW_BLOCK_MS / 1000

    def _check(self, log: Log) -> None:
        """Once a second: is it still the same log, and can anything be written to it? By itself it says neither."""
        if time.monotonic() - self._checked_at >= CHECK_S:
            self._open(log)

    def _take_in(self, entry: Entry) -> None:
        self.offset = max(self.offset, entry.offset)
        if entry.changes is None:
            self.healed.foreign_entries += 1
            return
        for hear in self.hearers:
            hear(entry.changes)
        urgent = states.is_final(entry.changes.get("state") or "")
        for room, told in rooms.told_of(entry.changes, entry.parent):
            feed = self.audience.feeds.get(room)
            if feed:
                feed.add(told, urgent)

    def _emit_due(self) -> None:
        counts = self._counts()
        with self.audience.lock:
            now = time.monotonic()
            due = [(room, feed.take(self.offset)) for room, feed in self.audience.feeds.items() if feed.is_due(now)]
        for room, frame in due:
            self._emit(room, frame | ({"counts": counts} if room == rooms.BOARD and counts is not None else {}))

    def _counts(self) -> dict[str, int] | None:
        """The board's counters, if a task has moved from one state to another since its last frame."""
        board = self.audience.feeds.get(rooms.BOARD)
        moved = board is not None and board.moved and board.is_due(time.monotonic())
        return self._table().counts() if moved else None

    def _emit(self, room: str, frame: dict[str, Any]) -> None:
        self.tell(room, {"epoch": self.epoch, **frame})

    def tell(self, room: str, frame: dict[str, Any]) -> None:
        """Send a room a frame, but for those in it who cannot keep up."""
        skips = partial(self.audience.falls_behind, room)
        shortcut.tell(self._socketio, "frame", {"room": room, **frame}, room, skips)

    def _nudge(self) -> None:
        """Whoever was skipped and has drained hears of the gap, and catches up."""
        for room, sid in self.audience.caught_up():
            epoch = "" if rooms.is_of_logs(room) else self.epoch  # their places are not the log's
            frame = {"room": room, "epoch": epoch, "prev": self.offset, "offset": self.offset, "rows": []}
            self._socketio.emit("frame", frame, to=sid)

    def _tell_live(self, live: bool) -> None:
        if live != self.live:
            self.live = live
            shortcut.tell(self._socketio, "upstream", {"live": live}, None, lambda _: False)

    def greet(self, sid: str) -> None:
        """Tell a new client whether the log is followed."""
        self._socketio.emit("upstream", {"live": self.live}, to=sid)

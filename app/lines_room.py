"""The rooms `logs`, `logs:task:<id>` and `logs:worker:<name>`: what has been logged, and what is, as it comes."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import redis
from flask_socketio import SocketIO

from app import lines, rooms
from app.relay import Relay
from worker.logs.journal import Journal
from worker.logs.line import Chunk
from worker.stream import FOLLOW_BLOCK_MS, NO_OFFSET

logger = logging.getLogger(__name__)

INTERVAL_S = 0.05
"""A room gets at most 20 frames a second."""

IDLE_S = 0.1
"""Between two looks at whether anybody watches; as long as nobody does, nothing is read."""

MOST_OF_A_FRAME = 1_000
"""Lines; what is faster is not sent but counted: it can be read back."""

MOST_LINES = 500
"""Of a snapshot or a replay; a task's own are up to MOST_OF_A_TASK."""

MOST_OF_A_TASK = 2_000
MOST_CHUNKS = 400
AGAIN_S = 0.5


class LinesRoom:
    """Follows the journal while somebody watches."""

    def __init__(
        self, socketio: SocketIO, relay: Relay, open_journal: Callable[[], Journal], journal: Callable[[], Journal]
    ) -> None:
        """`open_journal` is called in the follower; `journal` answers who subscribes or asks."""
        self._socketio, self._relay = socketio, relay
        self._open_journal, self._journal = open_journal, journal
        self._offset = NO_OFFSET
        self._epoch: str | None = None
        self._prevs: dict[str, str] = {}  # up to where each room was told

    def start(self) -> None:
        """Follow from now on, in the background, while somebody watches."""
        self._socketio.start_background_task(self._follow)

    def _follow(self) -> None:
        journal: Journal | None = None
        while True:
            try:
                if not self._watched():
                    journal, self._epoch = None, None
                    self._socketio.sleep(IDLE_S)
                    continue
                journal = journal or self._open_journal()
                self._read(journal)
                self._socketio.sleep(INTERVAL_S)
            except (redis.RedisError, OSError) as error:
                logger.debug("the logs cannot be followed: %s", error)
                journal = None
                self._socketio.sleep(AGAIN_S)
            except Exception:
                logger.exception("following the logs failed; it is begun anew")
                journal, self._epoch = None, None
                self._socketio.sleep(AGAIN_S)

    def _watched(self) -> list[str]:
        with self._relay.audience.lock:
            return [room for room in self._relay.audience.feeds if rooms.is_of_logs(room)]

    def _read(self, journal: Journal) -> None:
        if self._epoch != self._relay.epoch:
            self._begin(journal.newest())
            for room in self._watched():  # nothing is known of what came before this: they ask again
                self._tell(room, self._offset, [])
        chunks = journal.read_after(self._offset, FOLLOW_BLOCK_MS)
        if not chunks:
            return
        watched = self._watched()
        self._prevs = {room: self._prevs.get(room, self._offset) for room in watched}
        missing = chunks[0].prev if chunks[0].prev > self._offset else ""
        self._offset = chunks[-1].offset
        for room in watched:
            self._tell(room, missing, chunks)

    def _begin(self, offset: str) -> None:
        self._epoch, self._offset, self._prevs = self._relay.epoch, offset, {}

    def _tell(self, room: str, missing: str, chunks: Sequence[Chunk]) -> None:
        """`missing`: up to where chunks have gone unread; told as a gap, which watchers see, and ask again."""
        found = lines.rows(chunks, rooms.lines_of(room))
        if not found and not missing:
            return
        place = {"prev": lines.end_of(missing) or lines.end_of(self._prevs[room]), "offset": lines.end_of(self._offset)}
        self._prevs[room] = self._offset
        skipped = {"skipped": len(found) - MOST_OF_A_FRAME} if len(found) > MOST_OF_A_FRAME else {}
        self._relay.tell(room, {"epoch": self._epoch, **place, **skipped, "rows": found[-MOST_OF_A_FRAME:]})

    def snapshot(self, asked: rooms.Request) -> dict[str, Any]:
        """What came after the place that is asked for, if it is not too much; else the newest. May raise RedisError."""
        journal, chunk = self._journal(), lines.chunk_of(asked.offset)
        epoch, newest = self._relay.epoch, journal.newest()
        if self._epoch is None:
            self._begin(newest)  # what comes between this and the follower's first read is to be told
        place = {"room": asked.room, "epoch": epoch, "offset": lines.end_of(newest)}
        if asked.epoch == epoch and chunk and not rooms.log_task_of(asked.room):
            missed = journal.read_after(chunk, most=MOST_CHUNKS)
            found = lines.rows(missed, rooms.lines_of(asked.room))
            if len(missed) < MOST_CHUNKS and len(found) <= MOST_LINES and (not missed or missed[0].prev <= chunk):
                return place | {"recovered": True, "rows": found}
        return place | {"recovered": False, "rows": self._newest(journal, asked.room)}

    def _newest(self, journal: Journal, room: str) -> list[lines.Row]:
        task_id = rooms.log_task_of(room)
        if task_id:
            return lines.rows(journal.of_task(task_id), rooms.lines_of(room))[-MOST_OF_A_TASK:]
        found, _ = back(journal, rooms.lines_of(room), "", MOST_LINES)
        return found


def of_task(journal: Journal, wanted: lines.Filter, question: lines.Question) -> tuple[list[lines.Row], str]:
    """The same for a task, whose lines are known: all of them, however far apart they are."""
    found = lines.rows(journal.of_task(wanted.task), wanted)
    if question.after:
        later = [row for row in found if row["offset"] > question.after]
        return later[: question.most], later[question.most - 1]["offset"] if len(later) > question.most else ""
    earlier = [row for row in found if not question.before or row["offset"] < question.before]
    return earlier[-question.most :], earlier[-question.most]["offset"] if len(earlier) > question.most else ""


def back(journal: Journal, wanted: lines.Filter, before: str, most: int) -> tuple[list[lines.Row], str]:
    """The newest lines before a place, oldest first, and from where on one may look for older ones; "" at the end.

    Looks at a bounded number of chunks: there may be older lines though few were found.
    """
    chunk = lines.chunk_of(before)
    found = [row for row in lines.rows(_chunk(journal, chunk), wanted) if row["offset"] < before] if chunk else []
    chunks = journal.read_before(chunk, MOST_CHUNKS)
    seen = 0
    while seen < len(chunks) and len(found) < most:
        found = lines.rows([chunks[seen]], wanted) + found
        seen += 1
    if len(found) > most:
        return found[-most:], found[-most]["offset"]
    at_end = seen == len(chunks) < MOST_CHUNKS
    return found, "" if at_end else f"{chunks[seen - 1].offset}-0000" if seen else ""


def forth(journal: Journal, wanted: lines.Filter, after: str, most: int) -> tuple[list[lines.Row], str]:
    """The oldest lines after a place, and from where on there may be newer ones; "" at the end."""
    chunk = lines.chunk_of(after)
    first = [row for row in lines.rows(_chunk(journal, chunk), wanted) if row["offset"] > after]
    chunks = journal.read_after(chunk, most=MOST_CHUNKS)
    found = [*first, *lines.rows(chunks, wanted)]
    if len(found) > most:
        return found[:most], found[most - 1]["offset"]
    return found, lines.end_of(chunks[-1].offset) if len(chunks) == MOST_CHUNKS else ""


def _chunk(journal: Journal, offset: str) -> list[Chunk]:
    """The one chunk of this offset, if it is there still."""
    before = str(int(offset) - 1) if int(offset or 0) else "0"
    return [chunk for chunk in journal.read_after(before, most=1) if chunk.offset == offset]

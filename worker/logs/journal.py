"""The log lines on Redis, a stream of chunks: append, follow, read back, and one task's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import redis

from worker import keys
from worker.logs.line import Chunk, Line, Source, decode, encode
from worker.stream import NO_OFFSET, SCRIPTS

MOST_CHUNKS_OF_A_TASK = 2_000
READ_COUNT = 200

_Stored = list[tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class JournalLimits:
    """What is kept. lines, bytes: of all processes together; seconds: for how long."""

    lines: int = 100_000
    bytes: int = 64 * 1024 * 1024
    seconds: int = 3 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept. since: of the oldest chunk, in seconds since the epoch; None if there is none."""

    lines: int
    bytes: int
    since: float | None
    limits: JournalLimits


class Journal:
    """Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis, limits: JournalLimits | None = None) -> None:
        """`client` must decode its responses."""
        self.client = client
        self.limits = limits or JournalLimits()
        self._append = client.register_script((SCRIPTS / "append_lines.lua").read_text())

    def append(self, source: Source, number: int, clock_s: float, lines: Sequence[Line]) -> str:
        """Add a chunk; its offset, "" if a chunk of this number is there. One round trip.

        `number` goes up by one with each chunk of a process; `clock_s`: what the clock shows by which the lines are
        dated.
        """
        tasks = dict.fromkeys(line.task_id for line in lines if line.task_id)
        names = [keys.LINES, keys.LINES_META, keys.lines_from(source.boot), *map(keys.lines_of, tasks)]
        bounds: list[float] = [self.limits.lines, self.limits.bytes, self.limits.seconds, MOST_CHUNKS_OF_A_TASK]
        whence: list[str | float] = [source.worker, source.pid, source.process, source.boot]
        arguments: list[str | bytes | float] = [number, f"{clock_s:.6f}", *bounds, *whence, len(lines), encode(lines)]
        return cast(str, self._append(keys=names, args=arguments))

    def newest(self) -> str:
        """The offset of the newest chunk, NO_OFFSET if there never was one."""
        return cast(str | None, self.client.hget(keys.LINES_META, "offset")) or NO_OFFSET

    def read_after(self, offset: str, block_ms: int | None = None, most: int = READ_COUNT) -> list[Chunk]:
        """The chunks after `offset`, oldest first; with `block_ms` it waits that long for the first."""
        answer = self.client.xread({keys.LINES: f"{offset or 0}-0"}, count=most, block=block_ms)
        return [chunk for _, stored in cast(list[tuple[str, _Stored]], answer) for chunk in _chunks(stored)]

    def read_before(self, offset: str = "", most: int = READ_COUNT) -> list[Chunk]:
        """The chunks before `offset`, or the newest, newest first."""
        last = f"({offset}-0" if offset else "+"
        return _chunks(cast(_Stored, self.client.xrevrange(keys.LINES, max=last, count=most)))

    def of_task(self, task_id: str) -> list[Chunk]:
        """The chunks, oldest first, with what is left of one task's lines; they hold no others."""
        offsets = cast(list[str], self.client.lrange(keys.lines_of(task_id), 0, -1))
        with self.client.pipeline(transaction=False) as pipe:
            for offset in offsets:
                pipe.xrange(keys.LINES, f"{offset}-0", f"{offset}-0")
            found = [chunk for stored in pipe.execute() for chunk in _chunks(stored)]
        return [only(chunk, task_id) for chunk in found]

    def kept(self) -> Kept:
        """How much there is, and since when."""
        with self.client.pipeline(transaction=False) as pipe:
            pipe.hgetall(keys.LINES_META)
            pipe.xrange(keys.LINES, count=1)
            meta, oldest = pipe.execute()
        since = int(oldest[0][0].split("-")[0]) / 1_000_000 if oldest else None
        return Kept(int(meta.get("lines", 0)), int(meta.get("bytes", 0)), since, self.limits)


def only(chunk: Chunk, task_id: str) -> Chunk:
    """The chunk with one task's lines alone."""
    lines = [line for line in chunk.lines if line.task_id == task_id]
    return Chunk(chunk.offset, chunk.prev, chunk.source, lines)


def _chunks(stored: Sequence[tuple[str, Mapping[str, str]]]) -> list[Chunk]:
    """What is none of ours is passed over: a stream can be written to by others."""
    chunks = []
    for entry_id, fields in stored:
        try:
            chunks.append(decode(entry_id.split("-")[0], fields))
        except ValueError:
            continue
    return chunks

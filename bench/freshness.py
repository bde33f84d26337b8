"""How fresh a watcher's picture is, from the bytes that came to it and when each piece came."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Chunk = tuple[float, bytes]
"""When it came, and what."""

Told = dict[str, Any]
"""What an event tells of a task: `task_id`, `note`, `current`."""

EVENT = b"42["


def texts(chunks: Iterable[Chunk], skip: int = 0) -> Iterator[tuple[float, bytes]]:
    """Each whole WebSocket message from a server, and when its last byte came. skip: bytes to leave out first."""
    waiting = b""
    for at, data in chunks:
        waiting += data
        if skip:
            skip, waiting = max(skip - len(waiting), 0), waiting[skip:]
        while (end := _end(waiting)) and len(waiting) >= end[1]:
            yield at, waiting[end[0] : end[1]]
            waiting = waiting[end[1] :]


def _end(data: bytes) -> tuple[int, int] | None:
    """Where the first frame's payload begins and where it ends."""
    if len(data) < 2:
        return None
    start = {126: 4, 127: 10}.get(data[1], 2)
    if len(data) < start:
        return None
    return start, start + (data[1] if start == 2 else int.from_bytes(data[2:start]))


def told(heard: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, Told]]:
    """Each task that an event tells of, and when it did: of a frame of many each of its rows."""
    for at, text in heard:
        if text.startswith(EVENT):
            _, data = json.loads(text[2:])
            yield from ((at, row) for row in data.get("rows", (data,)))


def ages_and_delays(heard: Iterable[tuple[float, Told]]) -> tuple[list[float], list[float]]:
    """In ms: how old each value was that came; and of every report how long it took until it or a later one came.

    A value's `note` begins with the clock at its report, `current` is the report's number. Of those that were never
    shown the time is taken to be evenly between the ones around them.
    """
    ages: list[float] = []
    delays: list[float] = []
    newest: dict[str, tuple[float, float]] = {}
    for at, row in heard:
        if not row.get("note"):
            continue
        stamp, step = float(row["note"].split()[0]), row.get("current")
        ages.append((at - stamp) * 1000)
        if step is None:
            continue
        before, newest[row["task_id"]] = newest.get(row["task_id"]), (step, stamp)
        if before and before[0] < step:
            delays += _delays(at, before, (step, stamp))
    return ages, delays


def _delays(at: float, before: tuple[float, float], now: tuple[float, float]) -> Iterator[float]:
    steps = int(now[0] - before[0])
    each = (now[1] - before[1]) / steps
    return ((at - now[1] + place * each) * 1000 for place in range(steps))


def summary(values: Sequence[float]) -> dict[str, float]:
    """How many, and quantiles; empty where there are none."""
    if not values:
        return {}
    ordered = sorted(values)
    places = {"p50": 0.5, "p99": 0.99, "most": 1.0}
    told = {name: ordered[min(math.floor(len(ordered) * share), len(ordered) - 1)] for name, share in places.items()}
    return {"count": len(ordered), "mean": sum(ordered) / len(ordered), **told}

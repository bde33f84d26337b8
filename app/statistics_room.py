"""The room `statistics`: what happened by slots of time, and how long runs take by task name."""

from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO

from app import rooms
from app.picture import Picture, Row, Rows
from app.relay import Relay
from worker.statistics import KINDS, SPANS, Counted, RunTimes, Slot, Statistics, shape


class StatisticsRoom(Picture):
    """A row for each slot in which something happened, for each task name, and one that says since when is counted."""

    def __init__(self, socketio: SocketIO, relay: Relay, statistics: Callable[[], Statistics]) -> None:
        """`statistics` is called when it is needed first."""
        super().__init__(rooms.STATISTICS, socketio, relay)
        self._statistics = statistics

    def read(self) -> tuple[float, Rows]:
        """All of it."""
        counted = self._statistics().read()
        since: Row = {"id": "since", "kind": "since", "since": counted.since}
        slots = [_slot_row(slot) for slot in counted.slots]
        rows = [since, *slots, *map(name_row, counted.times.values())]
        return counted.now_s, {row["id"]: row for row in rows}


def _slot_row(slot: Slot) -> Row:
    counts = {kind: slot.counts.get(kind, 0) for kind in KINDS}
    return {"id": f"slot:{slot.length}:{slot.at}", "kind": "slot", "length": slot.length, "at": slot.at, **counts}


def name_row(times: RunTimes) -> Row:
    """One task name with its run times, in seconds."""
    figures = {"runs": times.runs, "median": _figure(times, 0.5), "p95": _figure(times, 0.95)}
    bars = [[round(low, 4), round(high, 4), runs] for low, high, runs in shape(times)]
    return {"id": f"times:{times.name}", "kind": "times", "name": times.name, **figures, "bars": bars}


def _figure(times: RunTimes, share: float) -> float:
    return round(times.quantile(share), 4)


def as_json(counted: Counted) -> dict[str, Any]:
    """All of it for programs. A slot that ended before counting began is null: what happened then is unknown."""
    spans = [{"slot_s": length, "slots": _slots(counted, length, told_s)} for length, told_s in SPANS.items()]
    names = [
        {key: value for key, value in name_row(one).items() if key not in ("id", "kind")}
        for one in counted.times.values()
    ]
    return {"now": round(counted.now_s, 3), "since": counted.since, "spans": spans, "names": names}


def _slots(counted: Counted, length: int, told_s: int) -> list[dict[str, Any]]:
    known = {slot.at: slot.counts for slot in counted.slots if slot.length == length}
    last = int(counted.now_s) // length * length
    starts = range(last - told_s + length, last + length, length)
    return [
        {"at": at} | _counts(known.get(at, {}), counted.since is not None and at + length > counted.since)
        for at in starts
    ]


def _counts(counts: dict[str, int], is_known: bool) -> dict[str, int | None]:
    return {kind: counts.get(kind, 0) if is_known else None for kind in KINDS}

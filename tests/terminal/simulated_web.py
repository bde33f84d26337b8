"""A web of docs/protocol.md on a line that drops, delays and cuts: as tests/js/simulated-server.js."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from terminal.line import Said

LOG_KEPT = 12
ROOM = "board"
UNAVAILABLE = {"error": {"code": "unavailable", "message": ""}}

Row = dict[str, Any]


def padded(number: int) -> str:
    return f"{number:016}"


class SimulatedWeb:
    """One room, of which all is told; each step of it one random thing happens."""

    def __init__(self, seed: int, steps: int) -> None:
        self.table: dict[str, Row] = {}
        self.asked = 0
        self._random, self._steps = Random(seed), steps
        self._epoch, self._offset, self._prev, self._gone_at = 1, 0, 0, 0
        self._pending: dict[str, Row] = {}
        self._wire: list[Said] = []
        self._joined = self._connected = False

    def said(self, tick_s: float) -> Iterator[Said]:
        """What comes through, until nothing breaks any more and all has arrived."""
        for _ in range(self._steps):
            yield from self._step()
        yield from self._connect()
        for _ in range(200):
            self._pending.setdefault("", {})  # an empty frame shows a gap as well
            self._frame(skipped=False)
            yield from self._deliver()

    def ask(self, request: Mapping[str, str]) -> Row:
        """Join first, read second: a frame may come before the answer, and is said after it."""
        self.asked += 1
        if not self._connected:
            return UNAVAILABLE
        self._joined = True
        if self._random.random() < 0.2:
            return UNAVAILABLE
        self._wire = (
            [said for said in self._wire if said.kind != "frame"] if self._random.random() < 0.2 else self._wire
        )
        answer = self._read(**request)
        if self._random.random() < 0.5:
            self._append()
            self._frame(skipped=False)
        return answer

    def _step(self) -> Iterator[Said]:
        dice = self._random.random()
        if dice < 0.4:
            self._append()
        elif dice < 0.6:
            self._frame(skipped=self._random.random() < 0.1)
        elif dice < 0.9:
            yield from self._deliver()
        elif dice < 0.94:
            yield from self._cut()
        elif dice < 0.99:
            yield from self._connect()
        else:
            self._restart()

    def _append(self) -> None:
        ids = list(self.table)
        place = self._random.randrange(6)
        task_id = ids[place] if place < len(ids) else f"t{self._epoch}.{self._offset}"
        self._offset += 1
        had = self.table.get(task_id)
        change = {"gone": True} if had and self._random.random() < 0.15 else self._change(had)
        self._apply(task_id, {"task_id": task_id, "offset": padded(self._offset), **change})

    def _change(self, had: Row | None) -> Row:
        current = self._random.randrange(100)
        if not had:
            return {"name": "demo.t", "state": "PENDING", "attempt": 0}
        if self._random.random() < 0.2:
            return {"state": "STARTED", "attempt": had["attempt"] + 1, "current": None, "note": None}
        return {"state": "PROGRESS", "current": current} if self._random.random() < 0.5 else {"note": f"at {current}"}

    def _apply(self, task_id: str, change: Row) -> None:
        if change.get("gone"):
            del self.table[task_id]
            self._gone_at = self._offset
        else:
            self.table[task_id] = self.table.get(task_id, {}) | change
        self._pending[task_id] = self._pending.get(task_id, {}) | change

    def _frame(self, *, skipped: bool) -> None:
        if not self._pending:
            return
        place = {"room": ROOM, "epoch": f"e{self._epoch}", "prev": padded(self._prev), "offset": padded(self._offset)}
        rows = [dict(change) for change in self._pending.values() if change]
        self._prev, self._pending = self._offset, {}
        if self._joined and not skipped:
            self._wire.append(Said("frame", place | {"rows": rows}))

    def _deliver(self) -> Iterator[Said]:
        yield self._wire.pop(0) if self._wire else Said("tick")

    def _read(self, room: str, epoch: str = "", offset: str = "") -> Row:
        base = {"room": room, "epoch": f"e{self._epoch}", "offset": padded(self._offset)}
        rows = [dict(row) for row in self.table.values()]
        if epoch == base["epoch"] and int(offset) >= max(self._gone_at, self._offset - LOG_KEPT):
            return base | {"recovered": True, "rows": [row for row in rows if row["offset"] > offset]}
        return base | {"recovered": False, "rows": rows}

    def _cut(self) -> Iterator[Said]:
        self._wire, self._joined = [], False
        if self._connected:
            self._connected = False
            yield Said("disconnected")

    def _connect(self) -> Iterator[Said]:
        if not self._connected:
            self._connected = True
            yield Said("connected")
            yield Said("upstream", {"live": True})

    def _restart(self) -> None:
        """Redis comes back empty; an empty frame says so."""
        self._epoch, self._offset, self._prev, self._gone_at = self._epoch + 1, 0, 0, 0
        self.table, self._pending = {}, {"": {}}
        self._frame(skipped=False)

"""The table on Redis: rows, snapshots, and what changed after an offset."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import redis

from worker import keys
from worker.events import BOARD_FIELDS, FIELDS
from worker.query import Query
from worker.steps import CHILDREN, STEPS, opened
from worker.stream import NO_OFFSET, SCRIPTS

BOARD_ROWS = 1_000

Row = dict[str, Any]

_STEPS = frozenset(STEPS)


@dataclass(frozen=True)
class Snapshot:
    """Rows that are good up to `offset` of `epoch`; `recovered`: only those changed since an older one.

    text: the rows as a JSON array. now_s: Redis' clock when they were read, in seconds since 1970.
    """

    epoch: str
    offset: str
    recovered: bool
    text: str
    now_s: float
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, taken apart: whoever passes them on needs the text alone."""
        return cast(list[Row], json.loads(self.text))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that match a query. total: how many there are; place: how many of them come before these rows. Both None if
    that would take reading them all.

    next: where the next page begins, "" if there is none; it may be there though few rows are here, as one query looks
    at a bounded number of rows.
    """

    epoch: str
    offset: str
    rows: list[Row]
    total: int | None
    place: int | None
    next: str


class Table:
    """The newest values of every task. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self.client = client
        texts, board, query = ((SCRIPTS / f"{name}.lua").read_text() for name in ("row_texts", "board", "query"))
        self._board = client.register_script(texts + board)
        self._query = client.register_script(texts + query)

    def row(self, task_id: str) -> Row | None:
        """One task's whole row, or None if nobody issued that id or it has expired."""
        return _row(task_id, FIELDS, cast(list[str | None], self.client.hmget(keys.row(task_id), list(FIELDS))))

    def task(self, task_id: str) -> Snapshot | None:
        """One task's whole row and small ones of the first that it sent; None if there is no such task."""
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hmget(keys.META, ["epoch", "offset"])
            pipe.hmget(keys.row(task_id), list(FIELDS))
            pipe.hmget(keys.row(task_id), list(CHILDREN))
            pipe.time()
            (epoch, offset), stored, children, clock = pipe.execute()
        row = _row(task_id, FIELDS, stored)
        if row is None:
            return None
        family = [row, *self._small([json.loads(child) for child in children if child])]
        return Snapshot(epoch or "", offset or NO_OFFSET, False, json.dumps(family), _seconds(*clock))

    def _small(self, task_ids: Sequence[str]) -> list[Row]:
        """Rows as on the board, of those that there are."""
        with self.client.pipeline(transaction=False) as pipe:
            for task_id in task_ids:
                pipe.hmget(keys.row(task_id), list(BOARD_FIELDS))
            found = zip(task_ids, pipe.execute(), strict=True)
            return [row for row in (_row(task_id, BOARD_FIELDS, stored) for task_id, stored in found) if row]

    def board(self, epoch: str = "", offset: str = "", most: int = BOARD_ROWS) -> Snapshot:
        """The newest `most` tasks; or, if the log is still `epoch`, the rows changed after `offset`."""
        names = [keys.META, keys.CHANGED, keys.SENT, keys.COUNTS]
        answer = self._board(keys=names, args=[keys.ROW, most, epoch, offset, *BOARD_FIELDS])
        now, newest, recovered, counts, rows, *clock = cast(list[Any], answer)
        return Snapshot(now, newest or NO_OFFSET, bool(recovered), rows, _seconds(*clock), _counts(counts))

    def query(self, query: Query) -> Page:
        """One page of the list, in bounded time however many tasks there are."""
        answer = self._query(keys=[keys.META, keys.SENT], args=query.encode())
        epoch, offset, total, place, on, rows = cast(list[Any], answer)
        return Page(epoch, offset or NO_OFFSET, json.loads(rows), _known(total), _known(place), on)

    def facets(self, kind: str) -> dict[str, int]:
        """The values that tasks have of one of KINDS, and how many tasks each."""
        return _numbers(cast(dict[str, str], self.client.hgetall(keys.BY + kind)))

    def healed(self) -> dict[str, int]:
        """What all workers together have counted: `dropped_events`, for which no worker had room any more."""
        return {"dropped_events": int(cast(str | None, self.client.hget(keys.HEALED, "dropped_events")) or 0)}

    def counts(self) -> dict[str, int]:
        """How many tasks are in each state."""
        return _numbers(cast(dict[str, str], self.client.hgetall(keys.COUNTS)))


def _row(task_id: str, names: Sequence[str], stored: Iterable[str | None]) -> Row | None:
    pairs = zip(names, stored, strict=True)
    row = {name: json.loads(text) if text is not None else None for name, text in pairs if text or name not in _STEPS}
    if row["offset"] is None:
        return None
    for name in _STEPS & row.keys():
        row[name] = opened(row[name], int(row["heard"] or 0))
    return row | {"task_id": task_id}


def _seconds(seconds: int | str, microseconds: int | str) -> float:
    return int(seconds) + int(microseconds) / 1_000_000


def _known(number: int) -> int | None:
    return None if number < 0 else number


def _numbers(stored: Mapping[str, str]) -> dict[str, int]:
    return {json.loads(value): int(number) for value, number in stored.items()}


def _counts(flat: Sequence[str]) -> dict[str, int]:
    return {json.loads(state): int(number) for state, number in zip(flat[::2], flat[1::2], strict=True)}

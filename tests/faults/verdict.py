"""Whether everybody tells the same: the watchers as the table, the table as the tasks themselves."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import redis

from tests.processes import wait_until
from tests.watcher import Watcher, same
from worker import states
from worker.store import Row, Table

QUIET_S = 90.0
"""How long after the last fault every task must have ended: an orphan is put back, and then runs anew."""

HEAL_S = 5.0
"""How long after that a watcher may take to show the end."""


def judge(redis_url: str, sent: Sequence[str], facts: Path, watchers: Sequence[Watcher]) -> list[str]:
    """What is wrong, one line each; nothing, if all is well. `facts`: a file per task, as it wrote it itself."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        table = Table(client)
        with suppress(AssertionError):
            wait_until(lambda: all(_has_ended(table, task_id) for task_id in sent), QUIET_S)
        wrong = [f"{task_id} never ended: {table.row(task_id)}" for task_id in sent if not _has_ended(table, task_id)]
        for task_id in sent:
            wrong += _compare(task_id, table.row(task_id), facts)
        rows = {row["task_id"]: row for row in table.board().rows}
    for number, watcher in enumerate(watchers):
        wrong += [f"watcher {number}: {fault}" for fault in _look_at(watcher, rows)]
    return wrong


def _has_ended(table: Table, task_id: str) -> bool:
    return states.is_final((table.row(task_id) or {}).get("state") or "")


def _compare(task_id: str, row: Row | None, facts: Path) -> list[str]:
    """The table against what the task wrote down at its end."""
    if row is None or not states.is_final(row["state"]):
        return []
    written = facts / task_id
    lines = written.read_text().splitlines() if written.exists() else []
    ends = [fact["ended"] for fact in map(json.loads, lines) if "ended" in fact]
    return [] if ends and row["state"] == ends[-1] else [f"{task_id} is {row['state']}, but it ended {ends}"]


def _look_at(watcher: Watcher, rows: dict[str, Row]) -> Iterator[str]:
    def differing() -> list[str]:
        return [task_id for task_id, row in rows.items() if not same(watcher.rows.get(task_id, {}), row)]

    with suppress(AssertionError):
        wait_until(lambda: not differing(), HEAL_S)
    if differing():
        yield f"differs in {len(differing())} of {len(rows)}: {differing()[:3]}"
    yield from watcher.faults

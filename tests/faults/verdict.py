"""Whether everybody tells the same: the watchers as the table, the table as the tasks themselves."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from app.rooms import BOARD, task_id_of
from tests.faults import facts
from tests.processes import wait_until
from tests.watcher import Watcher, same
from worker import states
from worker.store import Row, Table

QUIET_S = 90.0
"""How long after the last fault every task must have ended: an orphan is put back, and then runs anew."""

HEAL_S = 5.0
"""How long after that a watcher may take to show the end."""

GIVEN_UP_AFTER = 3
"""So many executions lost with their worker end a task."""

ONCE = "storm.work_once"
"""The task that is acknowledged before it runs: if its worker dies it is lost, and it must not run again."""


class Verdict:
    """Compares after a storm. `folder`: a file per task, as it wrote it itself. `revoked`: tasks somebody stopped."""

    def __init__(self, redis_url: str, folder: Path, revoked: Collection[str]) -> None:
        self.table = Table(redis.Redis.from_url(redis_url, decode_responses=True))
        self.folder, self.revoked = folder, revoked

    def judge(self, sent: Sequence[str], watchers: Sequence[Watcher]) -> list[str]:
        """What is wrong, one line each; nothing, if all is well."""
        with self.table.client:
            with suppress(AssertionError):
                wait_until(lambda: all(self._has_ended(task_id) for task_id in sent), QUIET_S)
            wrong = [text for task_id in sent for text in self._compare(task_id)]
            for number, watcher in enumerate(watchers):
                wrong += [f"watcher {number} of {watcher.room}: {text}" for text in self._look_at(watcher)]
        return wrong

    def _has_ended(self, task_id: str) -> bool:
        return states.is_final((self.table.row(task_id) or {}).get("state") or "")

    def _compare(self, task_id: str) -> Iterator[str]:
        """The table against what the task wrote down."""
        row = self.table.row(task_id)
        if row is None or not states.is_final(row["state"]):
            yield f"{task_id} never ended: {row}"
            return
        told = facts.read(self.folder, task_id)
        if row["state"] not in self._possible(task_id, row, told):
            yield f"{task_id} is {row['state']} ({row['summary']}), but it wrote {told}"
        begun = sum("began" in fact for fact in told) - sum("retried" in fact for fact in told)
        if row["name"] == ONCE and begun > 1:
            yield f"{task_id} must not run again, but began {begun} times: {told}"

    def _possible(self, task_id: str, row: Row, told: Sequence[facts.Fact]) -> set[str]:
        ends = {fact["ended"] for fact in told[-1:] if "ended" in fact}
        if task_id in self.revoked:
            ends.add(states.REVOKED)
        if row["name"] == ONCE:
            ends |= {states.LOST, states.FAILURE}
        elif sum("began" in fact for fact in told) >= GIVEN_UP_AFTER:
            ends.add(states.FAILURE)
        return ends

    def _look_at(self, watcher: Watcher) -> Iterator[str]:
        rows = self._rows(watcher.room)

        def differing() -> list[Any]:
            return [task_id for task_id, row in rows.items() if not same(watcher.rows.get(task_id, {}), row)]

        with suppress(AssertionError):
            wait_until(lambda: not differing(), HEAL_S)
        if differing():
            yield f"differs in {len(differing())} of {len(rows)}: {differing()[:3]}"
        yield from watcher.faults

    def _rows(self, room: str) -> dict[str, Row]:
        rows = self.table.board().rows if room == BOARD else [self.table.row(task_id_of(room))]
        return {row["task_id"]: row for row in rows if row}

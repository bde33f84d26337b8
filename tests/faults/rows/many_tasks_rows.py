"""10,000 tasks without a fault (F1): nothing is lost among many."""

import time
from collections.abc import Iterator, Sequence

import redis

from tests.faults.play import Fault
from tests.faults.stage import Stage
from tests.processes import waited
from tests.watcher import same
from worker.events import BOARD_FIELDS
from worker.store import BOARD_ROWS, Table

TASKS = 10_000
LONGEST_S = 300.0
HEAL_S = 2.0


def ten_thousand(stage: Stage) -> None:
    """One watcher of the board from the beginning, and one who comes at the end."""
    stage.begin()
    path = stage.folder / "ticks"
    began = time.monotonic()
    with stage.fault(), stage.sender() as sender:
        ids = [sender.send_task("matrix.tick", (str(path), number)).id for number in range(TASKS)]
        stage.prove(lambda: _is_done(stage), "all tasks have ended", LONGEST_S)
    stage.notes.append(f"{TASKS / (time.monotonic() - began):.0f} tasks/s")
    waited(lambda: not list(_differing(stage, ids)), HEAL_S * stage.margin)
    stage.wrong.extend(list(_differing(stage, ids))[:3])
    if sorted(map(int, path.read_text().split())) != list(range(TASKS)):
        stage.wrong.append("not every task ran once")
    _let_somebody_come(stage)


def _is_done(stage: Stage) -> bool:
    time.sleep(0.5)  # asking must not slow down what is waited for
    return _table(stage).counts().get("SUCCESS") == TASKS + 1


def _table(stage: Stage) -> Table:
    return Table(redis.Redis.from_url(stage.redis_url, decode_responses=True))


def _differing(stage: Stage, ids: Sequence[str]) -> Iterator[str]:
    table = _table(stage)
    for number, task_id in enumerate(ids):
        row, shown = table.row(task_id), stage.witness.rows.get(task_id, {})
        told = {name: value for name, value in (row or {}).items() if name in BOARD_FIELDS}
        if not told or not same(shown, told) or told["state"] != "SUCCESS" or told["summary"] != str(number):
            yield f"task {number} is {told.get('state')}, shown as {shown.get('state')}"


def _let_somebody_come(stage: Stage) -> None:
    """A snapshot of so many: the newest 1,000, and the counts of all."""
    newcomer = stage.watch()
    answer = newcomer.client.call("subscribe", {"room": "board"}, timeout=5)
    if len(answer["rows"]) != BOARD_ROWS or answer["counts"] != {"SUCCESS": TASKS + 1}:
        stage.wrong.append(f"a newcomer is told {len(answer['rows'])} rows and {answer['counts']}")
    stage.witnesses.remove(newcomer)  # the first task is older than the newest 1,000
    newcomer.client.disconnect()


ROWS = [Fault("F1b", "no fault, 10,000 tasks", ten_thousand, within_s=3.0, plain=False, slow=True)]

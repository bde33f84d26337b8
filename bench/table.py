"""What a look at the table costs with few tasks and with many, and what a task takes in memory."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import redis

from app import ready_json
from app.ready_json import Ready
from bench import filling, measuring
from bench.row import Row
from launcher.redis_server import RedisServer
from worker import keys
from worker.query import Query
from worker.store import Table
from worker.stream import Limits, Log, connect

GOAL = "growth"
FEW, MANY = 1_000, 100_000
ROUNDS = 15
MEASURED_TASKS = 10_000
BOUND_MS, BOUND_BYTES = 20.0, 2_048

ITS_OWN = {"hash-max-listpack-entries": 128, "hash-max-listpack-value": 64}
"""What Redis does where nobody has set it otherwise. Later ones take 512 entries: an ordinary row has fewer in both."""

Look = Callable[[Table], object]
Of = Callable[[Iterable[float]], float]


class Filled(NamedTuple):
    """A Redis with tasks, how many bytes each of the real ones takes, and how many more one entry of the log."""

    table: Table
    bytes_each: float
    entry_bytes: float


def rows() -> list[Row]:
    """What was promised of the table."""
    return rows_of(measure(), MANY)


def measure(
    many: int = MANY, rounds: int = ROUNDS, tasks: int = MEASURED_TASKS, of: Of = statistics.median
) -> dict[str, float]:
    """Milliseconds of each look at the table with FEW and with `many` tasks, `of` all rounds; the bytes of a task."""
    with ExitStack() as stack:
        few, large = _fill(stack, FEW, FEW), _fill(stack, tasks, many)
        plain = _fill(stack, tasks, tasks, ITS_OWN)
        figures = {"bytes": large.bytes_each, "entry bytes": large.entry_bytes, "plain bytes": plain.bytes_each}
        for what, look in LOOKS.items():
            turns = [(_ms(look, few.table), _ms(look, large.table)) for _ in range(rounds + 1)]
            small, big = zip(*turns[1:], strict=True)  # in turns, as a machine has quicker and slower moments
            figures |= {f"{what}, few": of(small), f"{what}, many": of(big)}
    return figures


def rows_of(figures: dict[str, float], many: int) -> list[Row]:
    """The figures with what was promised of them."""
    found = []
    for what in LOOKS:
        few, large = figures[f"{what}, few"], figures[f"{what}, many"]
        found.append(Row(goal=GOAL, what=f"{what}, {many:,} tasks", unit="ms", ours=large, most=BOUND_MS))
        rival = f"{FEW:,} tasks"
        found.append(Row(goal=GOAL, what=what, unit="ms", ours=large, rival=rival, theirs=few, most=2.0))
    return [*found, *_memory(figures["bytes"], figures["plain bytes"], figures["entry bytes"])]


def _memory(task: float, plain: float, entry: float) -> list[Row]:
    """The log is bounded by itself: by default it has one entry for each task that is kept."""
    what = "a task in Redis: row and indices"
    return [
        Row(goal=GOAL, what=what, unit="B", ours=task, most=BOUND_BYTES),
        Row(goal=GOAL, what=f"{what}, and one entry of the log", unit="B", ours=task + entry, most=BOUND_BYTES),
        Row(goal=GOAL, what="the same, with Redis' own settings", unit="B", ours=plain + entry, most=BOUND_BYTES),
    ]


def _board(table: Table) -> str:
    """As it goes to a browser."""
    return ready_json.dumps({"rows": Ready(table.board().text)}, separators=(",", ":"))


LOOKS: dict[str, Look] = {
    "the board": _board,
    "a page of the list": lambda table: json.dumps(table.query(Query()).rows),
    "a page by two filters": lambda table: table.query(Query({"group": "succeeded", "name": "shop.job_1"})),
    "a page by a word": lambda table: table.query(Query(text="all done")),
    "a word that no task has": lambda table: table.query(Query(text="nowhere")),
}


def _fill(stack: ExitStack, real: int, tasks: int, settings: Mapping[str, int] | None = None) -> Filled:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server = stack.enter_context(RedisServer.start(folder))
    client = stack.enter_context(connect(server.url, answer_timeout_s=30))
    for name, value in (settings or {}).items():
        client.config_set(name, value)
    log = Log(client, Limits(log_entries=real, tasks=2 * tasks))
    filling.run_to_success(log, 10)
    before = _used(client)
    filling.run_to_success(log, real)
    of_log = int(client.memory_usage(keys.LOG, samples=0) or 0)
    bytes_each = (_used(client) - before - of_log) / real
    filling.copy(client, tasks - real)
    return Filled(Table(client), bytes_each, of_log / int(client.xlen(keys.LOG)))


def _used(client: redis.Redis) -> int:
    return int(client.info("memory")["used_memory_dataset"])  # type: ignore[index]  # not asynchronous


def _ms(look: Look, table: Table) -> float:
    began = time.perf_counter()
    look(table)
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    measuring.alone(rows)

"""`python -m bench.idle`: what 2,000 watchers cost while nothing happens: processor and memory."""

import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from bench import measuring
from bench.memory import memory_kb
from bench.player import Player
from bench.row import Row
from bench.spent import spent
from bench.stand import Stand, board, watch
from tests.processes import Service

WATCHERS, FEW, TASKS, REPEATS = 2_000, 20, 100, 3
SECONDS = 10.0
"""From one ping of each watcher to the next."""

SETTLE_S = 1.0


class Idle(NamedTuple):
    """cpu: cores. memory_kb: of each watcher."""

    cpu: float
    memory_kb: float


def rows() -> list[Row]:
    """In turns, each time with new processes: memory that was given once is not given back."""
    ours, naive = [], []
    for _ in range(REPEATS):
        ours.append(_pushboard())
        naive.append(_naive())
    idle, theirs = _median(ours), statistics.median(naive)
    cpu, memory = f"CPU of the web, {WATCHERS:,} watchers and no news", f"memory per watcher, {WATCHERS:,} of the board"
    kb = f"naive push: {theirs:.0f}"
    return [
        Row(goal="idle", what=cpu, unit="% of a core", ours=idle.cpu * 100, most=3),
        Row(goal="idle", what=memory, unit="KB", ours=idle.memory_kb, most=45, note=kb),
    ]


def _pushboard() -> Idle:
    with Stand() as stand:
        stand.source().ask("start", tasks=TASKS)
        web, crowd = stand.pushboard(), stand.crowd()
        each_kb = memory_kb_each(web, crowd, board())
        return Idle(_cpu(web, crowd), each_kb)


def _naive() -> float:
    with Stand() as stand:
        return memory_kb_each(stand.plain(), stand.crowd(), watch(["board"]))


def memory_kb_each(web: Service, crowd: Player, say: Sequence[str], watchers: int = WATCHERS) -> float:
    """Of each watcher. The first few bring with them what is loaded once."""
    crowd.ask("come", port=web.port, count=FEW, say=say)
    before_kb = memory_kb(web.pid)
    crowd.ask("come", port=web.port, count=watchers, say=say)
    time.sleep(SETTLE_S)
    return (memory_kb(web.pid) - before_kb) / watchers


def _cpu(web: Service, crowd: Player) -> float:
    before, started = spent(web.pid), time.monotonic()
    time.sleep(SECONDS)
    cpu = spent(web.pid).since(before).cpu_s / (time.monotonic() - started)
    assert crowd.ask("count")["here"] == WATCHERS + FEW, "some were sent away"
    return cpu


def _median(of: Sequence[Idle]) -> Idle:
    return Idle(*(statistics.median(values) for values in zip(*of, strict=True)))


if __name__ == "__main__":
    measuring.alone(rows)

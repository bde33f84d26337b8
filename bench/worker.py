"""What progress costs the task that reports it, beside tqdm and beside Celery's own `update_state`."""

import statistics
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from bench import measuring
from bench.errand import Errand
from bench.row import Row
from launcher.redis_server import RedisServer
from tests.processes import new_worker

Of = Callable[[Iterable[float]], float]

GOAL = "worker"
ROUNDS = 9
REPORTS = 1_000_000
CALLS = 200_000
"""Reports of one turn: at 20 appends a second, too few to be made of anything but throttled ones."""

TIMEOUT_S = 120.0


def rows() -> list[Row]:
    """What was promised of reports."""
    return rows_of(measure())


def measure(rounds: int = ROUNDS, calls: int = CALLS, of: Of = statistics.median) -> dict[str, float]:
    """Microseconds of each way, `of` all rounds, from within a task of a worker."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer.start(folder / "redis"))
        env = {"REDIS_URL": server.url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
        worker = new_worker(folder / "worker.log", "-I", "bench.worker_task", "--concurrency=1", **env)
        stack.callback(worker.kill)
        worker.start()
        measured: dict[str, list[float]] = Errand(server.url, "bench.reports", (rounds, calls)).returned(TIMEOUT_S)
    return {what: of(figures) for what, figures in measured.items()}


def rows_of(us: dict[str, float]) -> list[Row]:
    """The figures with what was promised of them."""
    return [
        Row(goal=GOAL, what="a throttled report", unit="µs", ours=us["report"], most=0.15),
        _row("a throttled report", us["report"], "tqdm's update", us["tqdm"], 1.5),
        _row("an item of a loop", us["track"], "tqdm's loop", us["tqdm over items"], 3.0),
        _row("a throttled update_state", us["update_state, throttled"], "Celery's", us["update_state"], 1 / 100),
        _row("a report that goes out", us["append"], "Celery's update_state", us["update_state"], 0.6),
        Row(
            goal=GOAL,
            what=f"a task of {REPORTS:,} reports",
            unit="s",
            ours=us["report"] * REPORTS / 1e6,
            rival="Celery's update_state",
            theirs=us["update_state"] * REPORTS / 1e6,
            most=1 / 1_000,
            note=f"from {CALLS:,} and from a few thousand",
        ),
    ]


def _row(what: str, ours: float, rival: str, theirs: float, most: float) -> Row:
    return Row(goal=GOAL, what=what, unit="µs", ours=ours, rival=rival, theirs=theirs, most=most)


if __name__ == "__main__":
    measuring.alone(rows)

"""What else must hold at the end of a play: one run at a time, each run an attempt, the same result as without us."""

from collections.abc import Iterator
from itertools import pairwise

from tests.faults.facts import Fact
from tests.faults.stage import Stage
from worker import states

OVERLAP_S = 1.0
"""How long a run may go on after a later one has begun, or after it was called stopped or lost."""


def each_run_an_attempt(stage: Stage) -> Iterator[str]:
    """The row counts as many attempts as the task has begun runs, and no two of them go on beside each other."""
    began = [fact for fact in stage.told() if "began" in fact]
    attempt = (stage.row() or {}).get("attempt")
    if attempt != len(began):
        yield f"the row says attempt {attempt}, but it ran {len(began)} times"
    for earlier, later in pairwise(began):
        yield from _goes_on(stage.told(), earlier["run"], later["began"])


def stopped_is_stopped(stage: Stage) -> Iterator[str]:
    """No run of a task that is shown as over, and has not ended by itself, goes on."""
    for task_id in stage.task_ids:
        row, told = stage.row(task_id) or {}, stage.told(task_id)
        began = [fact for fact in told if "began" in fact]
        if began and states.is_final(row.get("state") or "") and "ended" not in told[-1]:
            yield from _goes_on(told, began[-1]["run"], row["ended_at"])


def _goes_on(told: list[Fact], run: str, after: float) -> Iterator[str]:
    """A frozen process may be woken long after; what counts is how long it then goes on."""
    steps = [fact["at"] for fact in told if fact.get("run") == run and fact.get("at", 0.0) > after]
    if steps and max(steps) - min(steps) > OVERLAP_S:
        yield f"a run that is over goes on for {max(steps) - min(steps):.1f} s"

"""What came of a fault: what the watcher missed, what it ended with, how soon it was right again, harm to the task."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.facts import Fact
from tests.faults.stage import Stage
from tests.faults.witness import Sight
from worker import states

MOST_HEALING_S = 2.0
MOST_BLOCKED_S = 0.1
MOST_SHARE = 0.02
NEVER = float("inf")


@dataclass(frozen=True)
class Outcome:
    """One play.

    unseen: values that were never shown, of the `steps` that the task told while it was watched. shown: the last state
    that was shown. exact: every watcher has what the table has, and the table what happened. healed_s: from the fault's
    end until something as new was shown. executions: how often the task began. blocked_s: its longest report; share: of
    its run time that it spent reporting.
    """

    unseen: int
    steps: int
    shown: str
    exact: bool
    healed_s: float
    executions: int
    blocked_s: float = 0.0
    share: float = 0.0
    wrong: list[str] = field(default_factory=list)


def measure(stage: Stage, exact: bool, wrong: Sequence[str]) -> Outcome:
    """Read the witness's sights beside the task's own facts."""
    told = stage.told()
    sights = stage.witness.sights
    watched_from = sights[0].at if sights else 0.0
    steps = {fact["step"] for fact in told if "step" in fact and fact["at"] > watched_from}
    ended = next((fact for fact in reversed(told) if "ended" in fact), {})
    took_s = ended.get("at", 0.0) - next((fact["began"] for fact in reversed(told) if "began" in fact), 0.0)
    return Outcome(
        unseen=len(steps - {sight.current for sight in sights}),
        steps=len(steps),
        shown=sights[-1].state if sights else "nothing",
        exact=exact,
        healed_s=_healed_s(stage, sights, told),
        executions=sum("began" in fact for fact in told),
        blocked_s=ended.get("longest_s", 0.0),
        share=ended["spent_s"] / took_s if ended else 0.0,
        wrong=list(wrong),
    )


def _healed_s(stage: Stage, sights: Sequence[Sight], told: Sequence[Fact]) -> float:
    """From the fault's end until the watcher was shown what the task had reached by then, or something newer."""
    at = stage.fault_ended
    reached = [fact["step"] for fact in told if "step" in fact and fact["at"] <= at]
    newest = reached[-1] if reached else 0
    attempt = max((sight.attempt for sight in sights if sight.at <= stage.fault_began), default=1)
    for sight in sights:
        is_new = sight.attempt > attempt or states.is_final(sight.state) or (sight.current or 0) >= newest
        if is_new and sight.at >= at:
            return sight.at - at
        if is_new and states.is_final(sight.state):
            return 0.0  # it was told the end while the fault was still on
    return NEVER

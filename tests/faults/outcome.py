"""What came of a fault: what watchers missed and ended with, how soon they were right again, harm to the task."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.facts import Fact
from tests.faults.stage import Stage
from tests.faults.witness import Sight, Witness
from worker import states

MOST_HEALING_S = 2.0
MOST_BLOCKED_S = 0.1
MOST_SHARE = 0.02
NEVER = float("inf")


@dataclass(frozen=True)
class Outcome:
    """One play. Where several watch: the worst of all of them.

    unseen: values that were never shown, of the `steps` that the task told while it was watched. shown: the last state
    that was shown. exact: every watcher has what the table has, and the table what happened. healed_s: from the fault's
    end until something as new was shown. executions: how often the task began. blocked_s: its longest report; share: of
    its run time that it spent reporting. notes: what else there is to tell.
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
    notes: list[str] = field(default_factory=list)


def measure(stage: Stage, exact: bool, wrong: Sequence[str]) -> Outcome:
    """Read the witnesses' sights beside the tasks' own facts."""
    told = {task_id: stage.told(task_id) for task_id in {witness.task_id for witness in stage.witnesses}}
    unseen = [_unseen(witness.sights, told[witness.task_id]) for witness in stage.witnesses]
    harm = [_harm(facts) for facts in told.values()]
    return Outcome(
        unseen=sum(missed for missed, _ in unseen),
        steps=sum(steps for _, steps in unseen),
        shown=min((_shown(witness) for witness in stage.witnesses), key=states.is_final),
        exact=exact,
        healed_s=max(_healed_s(stage, witness.sights, told[witness.task_id]) for witness in stage.witnesses),
        executions=max(sum("began" in fact for fact in facts) for facts in told.values()),
        blocked_s=max(blocked_s for blocked_s, _ in harm),
        share=max(share for _, share in harm),
        wrong=[*wrong, *stage.wrong],
        notes=stage.notes,
    )


def _shown(witness: Witness) -> str:
    return witness.sights[-1].state if witness.sights else "nothing"


def _unseen(sights: Sequence[Sight], told: Sequence[Fact]) -> tuple[int, int]:
    """How many steps were not seen, of how many that were told from the first sight on."""
    watched_from = sights[0].at if sights else 0.0
    steps = {fact["step"] for fact in told if "step" in fact and fact["at"] > watched_from}
    return len(steps - {sight.current for sight in sights}), len(steps)


def _harm(told: Sequence[Fact]) -> tuple[float, float]:
    """The longest report in seconds, and the share of its run time that the task spent on reporting."""
    ended = next((fact for fact in reversed(told) if "ended" in fact), {})
    began = next((fact["began"] for fact in reversed(told) if "began" in fact), 0.0)
    return ended.get("longest_s", 0.0), ended["spent_s"] / (ended["at"] - began) if ended else 0.0


def _healed_s(stage: Stage, sights: Sequence[Sight], told: Sequence[Fact]) -> float:
    """From the fault's end until the watcher was shown what the task had reached by then, or something newer."""
    at = stage.fault_ended
    reached = [fact["step"] for fact in told if "step" in fact and fact["at"] <= at]
    newest = reached[-1] if reached else 0
    attempt = max((sight.attempt for sight in sights if sight.at <= stage.fault_began), default=1)
    for sight in sights:
        is_newer = not stage.run_died and (sight.current or 0) >= newest
        is_new = sight.attempt > attempt or states.is_final(sight.state) or is_newer
        if is_new and sight.at >= at:
            return sight.at - at
        if is_new and states.is_final(sight.state):
            return 0.0  # it was told the end while the fault was still on
    return NEVER

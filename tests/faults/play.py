"""Plays one fault on one subject, and judges it."""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.outcome import MOST_BLOCKED_S, MOST_HEALING_S, MOST_SHARE, Outcome, measure
from tests.faults.stage import GONE, Stage
from tests.faults.subjects import PUSHBOARD, Subject
from tests.processes import waited
from tests.watcher import same
from worker import states
from worker.events import BOARD_FIELDS, FIELDS
from worker.store import Row

BOARD = "board"

PATIENCE_S = 15.0
"""How long after fault and task have ended a watcher is given before what it shows is called its end."""


@dataclass(frozen=True)
class Fault:
    """A row of the matrix.

    body: what happens, on a stage with a web and a worker. ends: states that the task may end in. executions: how often
    it may run. within_s: until the watcher must be right again. task_s: how long the task may need for its end.
    settings: of web and worker, beside the usual ones. opening: sets the stage, where that is not web and worker alone.
    also: looks at the end for what else is wrong with Pushboard. plain: whether the same is played on the plain
    subject. quick: whether it is played in `make test`; slow: only when it is asked for by its number.
    """

    number: str
    what: str
    body: Callable[[Stage], None]
    ends: Collection[str] = frozenset({states.SUCCESS})
    executions: Collection[int] = frozenset({1})
    within_s: float = MOST_HEALING_S
    task_s: float = 60.0
    settings: Mapping[str, str] = field(default_factory=dict)
    opening: Callable[[Stage], None] = Stage.open
    also: Callable[[Stage], Iterable[str]] = lambda _: ()
    plain: bool = True
    quick: bool = False
    slow: bool = False


def play(fault: Fault, subject: Subject, margin: float = 1.0) -> Outcome:
    """Set the stage, let it break, wait for the end, measure. Raises Void if the fault was never in force.

    `margin`: bounds of time are multiplied by it, for a machine that is busy with something else.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matrix-")))
        stage = Stage(subject, folder, stack, **fault.settings)
        stage.margin = margin
        fault.opening(stage)
        fault.body(stage)
        return _pushboard(stage, fault, margin) if subject is PUSHBOARD else _plain(stage, fault)


def _pushboard(stage: Stage, fault: Fault, margin: float) -> Outcome:
    waited(lambda: all(_has_ended(stage, fault, task_id) for task_id in stage.task_ids), fault.task_s)
    exact = waited(lambda: not list(_differences(stage)), PATIENCE_S)
    wrong = [*_differences(stage), *(text for witness in stage.witnesses for text in witness.faults)]
    wrong += fault.also(stage)
    outcome = measure(stage, exact, wrong)
    return _judged(outcome, fault, _truth(stage), margin)


def _has_ended(stage: Stage, fault: Fault, task_id: str) -> bool:
    state = stage.state(task_id)
    return states.is_final(state) or state in fault.ends


def _differences(stage: Stage) -> Iterator[str]:
    """Every watcher against the table, in every task of its room."""
    for task_id in stage.task_ids:
        row = stage.row(task_id)
        for number, witness in enumerate(stage.witnesses):
            shown, room = witness.rows.get(task_id), witness.room
            if room in (BOARD, f"task:{task_id}") and not _is_right(shown, row, room):
                yield f"watcher {number} shows {_brief(shown)}, not {_brief(row)}"


def _is_right(shown: Row | None, row: Row | None, room: str) -> bool:
    if not shown or not row:
        return shown == row
    told = BOARD_FIELDS if room == BOARD else FIELDS
    return same(shown, {name: value for name, value in row.items() if name in told})


def _brief(row: Row | None) -> str:
    return f"{row.get('state')} {row.get('current')}" if row else GONE


def _truth(stage: Stage) -> str:
    """The state that the table shows, with what the task wrote down where that says otherwise."""
    state = stage.state()
    ends = [fact["ended"] for fact in stage.told() if "ended" in fact]
    differs = ends and ends[-1] != state and state not in (states.LOST, GONE)
    return f"{state}, but it ended {ends[-1]}" if differs else state


def _plain(stage: Stage, fault: Fault) -> Outcome:
    def shown(ends: Collection[str]) -> bool:
        return all(witness.sights and witness.sights[-1].state in ends for witness in stage.witnesses)

    def ended(task_id: str) -> bool:
        return any("ended" in fact for fact in stage.told(task_id))

    waited(lambda: shown(states.FINAL) or all(map(ended, stage.task_ids)), fault.task_s)
    exact = waited(lambda: shown(fault.ends), PATIENCE_S)
    return measure(stage, exact, [])


def _judged(outcome: Outcome, fault: Fault, state: str, margin: float) -> Outcome:
    """Add all that breaks an invariant."""
    wrong = outcome.wrong
    if state not in fault.ends:
        wrong.append(f"the table says {state}")
    if outcome.healed_s > fault.within_s * margin:
        wrong.append(f"right again after {outcome.healed_s:.1f} s, not {fault.within_s:g}")
    if outcome.executions not in fault.executions:
        wrong.append(f"it ran {outcome.executions} times")
    if outcome.blocked_s > MOST_BLOCKED_S * margin or outcome.share > MOST_SHARE * margin:
        wrong.append(f"reports took {outcome.share:.1%} of its time, the longest {outcome.blocked_s * 1000:.0f} ms")
    return outcome

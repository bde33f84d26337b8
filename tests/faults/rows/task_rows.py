"""How tasks end: by an exception, a limit, with others, by killing what runs them (F16, F18, F19, F21)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from celery import chain, chord, group
from celery.result import GroupResult

from tests.faults.play import Fault
from tests.faults.stage import PAUSE_S, Stage
from tests.faults.truths import each_run_an_attempt, stopped_is_stopped
from tests.faults.work import LAST_STEP
from worker import states

STEPS = 30
"""2.4 s at the usual pause."""

LONG_STEPS = 200
LIMIT_S = 4
PATIENCE_S = 90.0

MAX_RUNS = 3
"""So often a task that kills its worker is begun, the first time included."""

FAILED, REJECTED = (frozenset({state}) for state in (states.FAILURE, states.REJECTED))

Body = Callable[[Stage], None]
Canvas = Callable[[Callable[[], Any]], Any]
"""What is made of several signatures; it is given what makes one."""


def ends(how: str, runs: int = 1) -> Body:
    """The task ends by itself, in this way."""

    def play(stage: Stage) -> None:
        stage.begin(steps=STEPS, kwargs={"end": how})
        stage.prove(lambda: sum("ended" in fact for fact in stage.told()) == runs, "it ends", 20)
        stage.died(stage.told()[-1]["at"])

    return play


def limited(**limit: float) -> Body:
    """The task runs into its time limit."""

    def play(stage: Stage) -> None:
        stage.begin(steps=LONG_STEPS, **limit)
        reached = stage.told()[0]["began"] + LIMIT_S
        stage.prove(lambda: time.time() > reached, "the limit is reached", LIMIT_S + 1)
        stage.died(reached)

    return play


def killed_by_its_task(end: str) -> Body:
    """The task kills what runs it, each time; a worker that dies is started again, as platforms do."""

    def play(stage: Stage) -> None:
        stage.begin("matrix.count_late", kwargs={"end": end})
        stage.prove(lambda: _reached(stage) == LAST_STEP, "it has killed what ran it", 20)
        deadline = time.monotonic() + PATIENCE_S
        while not states.is_final(stage.state()) and time.monotonic() < deadline:
            if stage.worker.returncode is not None:
                stage.worker.start()
            time.sleep(0.1)
        stage.died([fact["at"] for fact in stage.told() if fact.get("step") == LAST_STEP][-1])

    return play


def _reached(stage: Stage) -> int:
    return max((fact.get("step", 0) for fact in stage.told()), default=0)


def says_why(stage: Stage) -> Iterator[str]:
    """The row says in words that the task kills its worker, and counts its runs."""
    row = stage.row() or {}
    stage.notes.append(f"says: {row.get('summary')}")
    if "given up" not in (row.get("summary") or ""):
        yield f"the row does not say why: {row.get('summary')}"
    yield from each_run_an_attempt(stage)


def together(canvas: Canvas, parts: int) -> Body:
    """The task is one of several that belong together; all of them are watched."""

    def play(stage: Stage) -> None:
        stage.task_ids += _send(stage, canvas)
        assert len(stage.task_ids) == parts
        for task_id in stage.task_ids:
            stage.watch(task_id=task_id)
        stage.prove(lambda: all(_has_ended(stage, task_id) for task_id in stage.task_ids), "all end", 40)
        stage.died(max(stage.told(task_id)[-1]["at"] for task_id in stage.task_ids))

    return play


def _send(stage: Stage, canvas: Canvas) -> list[str]:
    with stage.sender() as sender:
        arguments = (str(stage.facts), STEPS, PAUSE_S)
        return _ids(canvas(lambda: sender.signature("matrix.count", arguments, immutable=True)).apply_async())


def _ids(result: Any) -> list[str]:
    """Of all the tasks that the result stands for, in the order in which they run."""
    before = _ids(result.parent) if result.parent is not None else []
    if isinstance(result, GroupResult):
        return before + [task_id for part in result.results for task_id in _ids(part)]
    return [*before, str(result.id)]


def _has_ended(stage: Stage, task_id: str) -> bool:
    told = stage.told(task_id)
    return bool(told) and "ended" in told[-1]


def each_part_done(stage: Stage) -> Iterator[str]:
    """Every part ran once and is shown as done, with its last step."""
    for task_id in stage.task_ids:
        row, runs = stage.row(task_id) or {}, sum("began" in fact for fact in stage.told(task_id))
        if (row.get("state"), row.get("current"), runs) != (states.SUCCESS, STEPS, 1):
            yield f"a part ran {runs} times and is shown as {row.get('state')} {row.get('current')}"


def _chain(part: Callable[[], Any]) -> Any:
    return chain(part(), part(), part())


def _group(part: Callable[[], Any]) -> Any:
    return group(part(), part(), part(), part())


def _chord(part: Callable[[], Any]) -> Any:
    return chord([part(), part()], part())


def _fails(number: str, what: str, how: str) -> Fault:
    return Fault(number, what, ends(how), ends=FAILED, also=each_run_an_attempt, task_s=15)


def _limited(number: str, what: str, **limit: float) -> Fault:
    return Fault(number, what, limited(**limit), ends=FAILED, also=stopped_is_stopped, task_s=15)


def _kills(number: str, what: str, end: str) -> Fault:
    runs = frozenset({MAX_RUNS})
    body = killed_by_its_task(end)
    return Fault(number, what, body, ends=FAILED, executions=runs, within_s=15, also=says_why, plain=False)


ROWS = [
    _kills("F16d", "a task that kills its process each time", "kill_child"),
    _kills("F17i", "a task that kills its worker each time", "kill_worker"),
    _fails("F18a", "exception", "raise"),
    _fails("F18b", "exception that cannot be pickled", "raise_unpicklable"),
    replace(_fails("F18c", "exception with 5 MB of text", "raise_long"), quick=True),
    _limited("F19a", "soft time limit", soft_time_limit=LIMIT_S),
    _limited("F19b", "hard time limit", time_limit=LIMIT_S),
    Fault("F21a", "retry", ends("retry", runs=2), executions={2}, also=each_run_an_attempt, quick=True),
    Fault("F21b", "Ignore", ends("ignore"), ends=REJECTED, also=each_run_an_attempt, task_s=15),
    Fault("F21c", "Reject", ends("reject"), ends=REJECTED, also=each_run_an_attempt, task_s=15),
    Fault("F21d", "chain of 3", together(_chain, 3), also=each_part_done),
    Fault("F21e", "group of 4", together(_group, 4), also=each_part_done),
    Fault("F21f", "chord of 2 and 1", together(_chord, 3), also=each_part_done),
]

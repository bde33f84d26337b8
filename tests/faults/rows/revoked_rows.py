"""Tasks are stopped while they run, while they wait, before their time (F20)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.faults.play import Fault
from tests.faults.stage import Stage
from tests.faults.truths import stopped_is_stopped
from tests.processes import waited
from worker import states

LONG_STEPS = 150
"""12 s: what is not stopped is still at it when that is looked at."""

BEGUN_BY_S = 7.0

REVOKED = frozenset({states.REVOKED})


def running(number: str) -> Callable[[Stage], None]:
    """The running task is revoked, its process stopped by this signal."""

    def play(stage: Stage) -> None:
        stage.begin(steps=LONG_STEPS)
        _revoke(stage, terminate=True, signal=number)

    return play


def queued(stage: Stage) -> None:
    """The task waits at a worker that is busy with two others."""
    for _ in range(2):
        stage.send(steps=LONG_STEPS)
    stage.prove(lambda: all(map(stage.told, stage.task_ids)), "both run", 20)
    stage.send(steps=LONG_STEPS)
    stage.task_ids.reverse()
    stage.watch()
    _revoke(stage)


def before_its_time(stage: Stage) -> None:
    """The task is to run in 6 s, and a worker keeps it until then."""
    stage.send(steps=LONG_STEPS, countdown=6)
    stage.watch()
    stage.prove(lambda: "received" in stage.worker.log(), "a worker keeps it")
    _revoke(stage)


def _revoke(stage: Stage, **how: object) -> None:
    with stage.sender() as sender:
        sender.control.revoke(stage.task_id, **how)
    stage.died(time.time())


def never_runs(stage: Stage) -> Iterator[str]:
    """It is not begun either when its time has come, or the others have ended."""
    if waited(lambda: stage.told(), BEGUN_BY_S):
        yield "it runs all the same"


def _stopped(number: str, signal: str) -> Fault:
    body = running(signal)
    return Fault(number, f"revoked while it runs: {signal}", body, REVOKED, task_s=20, also=stopped_is_stopped)


def _kept_back(number: str, what: str, body: Callable[[Stage], None]) -> Fault:
    return Fault(number, what, body, REVOKED, frozenset({0}), task_s=20, also=never_runs)


ROWS = [
    _stopped("F20a", "SIGTERM"),
    _stopped("F20b", "SIGUSR1"),
    replace(_stopped("F20c", "SIGKILL"), quick=True),
    _kept_back("F20d", "revoked while it waits in the queue", queued),
    _kept_back("F20e", "revoked before its time", before_its_time),
]

"""What runs a task dies or stands still: a process of the pool, a worker, its main process (F16, F17, F22)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.play import Fault
from tests.faults.stage import Stage
from tests.faults.truths import each_run_an_attempt, stopped_is_stopped
from tests.processes import Service
from worker import states

EARLY, KEPT, LATE = "matrix.count", "matrix.count_kept", "matrix.count_late"
"""Acknowledged before it runs; after it, but not if its process dies; after it, and run again if its process dies."""

LONG_STEPS = 200
"""16 s: the task would still run when its worker is found dead."""

FROZEN_S = 20
GIVEN_S = 5
"""How long a worker is given to stop; platforms give it 30 s."""

AGAIN = frozenset({2})
LOST = frozenset({states.LOST})
FAILED = frozenset({states.FAILURE})

Body = Callable[[Stage], None]


def child_killed(name: str) -> Body:
    """The process of the pool that runs the task is killed, as the kernel does when memory runs out."""

    def play(stage: Stage) -> None:
        stage.begin(name)
        os.kill(stage.child(), signal.SIGKILL)
        stage.died(time.time())

    return play


def worker_killed(name: str, kill: Callable[[Service], object] = Service.kill) -> Body:
    """The worker that runs the task dies; another one lives on."""

    def play(stage: Stage) -> None:
        stage.start_worker()
        stage.begin(name, LONG_STEPS)
        kill(stage.runner())
        stage.died(time.time())

    return play


def _kill_main(worker: Service) -> None:
    """Only the main process: its children are left behind."""
    worker.process.kill()
    worker.process.wait()


def worker_restarted(name: str) -> Body:
    """The only worker dies and is started again at once."""

    def play(stage: Stage) -> None:
        stage.begin(name, LONG_STEPS)
        stage.worker.kill()
        stage.died(time.time())
        stage.worker.start()

    return play


def worker_frozen(name: str) -> Body:
    """The worker that runs the task stands still for 20 s, comes back, and finds that it was taken for dead."""

    def play(stage: Stage) -> None:
        stage.start_worker()
        stage.begin(name, 2 * LONG_STEPS)
        frozen = stage.runner()
        frozen.signal(signal.SIGSTOP)
        stage.died(time.time())
        time.sleep(0.1)
        before = len(stage.told())
        time.sleep(1)
        stage.prove(lambda: len(stage.told()) == before, "the task stands still")
        time.sleep(FROZEN_S - 1)
        frozen.signal(signal.SIGCONT)
        stage.prove(lambda: len(stage.told()) > before, "it goes on")
        time.sleep(2)  # that it is stopped soon is looked at in what it writes down

    return play


def told_to_stop(name: str, steps: int) -> Body:
    """The worker that runs the task is told to stop, with its whole process group, and killed 5 s later."""

    def play(stage: Stage) -> None:
        stage.begin(name, steps)
        stage.start_worker()
        with stage.fault():
            stage.worker.stop(GIVEN_S)
        stage.run_died = True

    return play


def both(stage: Stage) -> Iterator[str]:
    """Whatever ran it, one run goes on at a time, and none that is over."""
    yield from each_run_an_attempt(stage)
    yield from stopped_is_stopped(stage)


def _child(number: str, what: str, name: str, **expected: Any) -> Fault:
    return Fault(number, f"pool child killed, {what}", child_killed(name), within_s=5, task_s=15, also=both, **expected)


def _lost(number: str, what: str, body: Body) -> Fault:
    return Fault(number, what, body, ends=LOST, within_s=12, task_s=20, also=both)


def _again(number: str, what: str, body: Body) -> Fault:
    return Fault(number, what, body, executions=AGAIN, within_s=30, task_s=50, also=both)


ROWS = [
    _child("F16a", "acknowledged early", EARLY, ends=FAILED, quick=True),
    _child("F16b", "acks_late", KEPT, ends=FAILED),
    _child("F16c", "acks_late, runs again", LATE, executions=AGAIN, quick=True),
    _lost("F17a", "worker killed, another lives", worker_killed(EARLY)),
    _again("F17b", "worker killed, another lives, acks_late", worker_killed(LATE)),
    _lost("F17c", "worker killed, restarted at once", worker_restarted(EARLY)),
    _again("F17d", "worker killed, restarted, acks_late", worker_restarted(LATE)),
    _lost("F17e", "main process killed", worker_killed(EARLY, _kill_main)),
    _again("F17f", "main process killed, acks_late", worker_killed(LATE, _kill_main)),
    _lost("F17g", "worker frozen for 20 s", worker_frozen(EARLY)),
    _again("F17h", "worker frozen for 20 s, acks_late", worker_frozen(LATE)),
    Fault("F22a", "worker told to stop, the task fits", told_to_stop(EARLY, 60), also=both),
    _lost("F22b", "told to stop, killed after 5 s", told_to_stop(EARLY, LONG_STEPS)),
    _again("F22c", "told to stop, killed after 5 s, acks_late", told_to_stop(LATE, LONG_STEPS)),
]

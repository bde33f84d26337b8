"""Redis goes away and comes back, with and without its data (F8, F9); it stands still (F11); it comes late (F31)."""

import os
import shutil
import signal
import time
from collections.abc import Iterator

from tests.faults.play import Fault
from tests.faults.redis_checks import page_says_so, results_kept, sent_on_return, serves_again
from tests.faults.stage import Stage

LONG = 130
"""Steps of a task that outlives an outage of 8 s."""


def _away(stage: Stage, seconds: float) -> None:
    """Redis is told to stop, and starts again with what it had written down."""
    with stage.fault():
        stage.server.stop()
        page_says_so(stage)
        time.sleep(max(0.0, stage.fault_began + seconds - time.time()))
        stage.server.restart()
    sent_on_return(stage)


def away_1_s(stage: Stage) -> None:
    """The task goes on for seconds after it."""
    stage.begin()
    _away(stage, 1)


def away_8_s(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=LONG)
    _away(stage, 8)


def away_8_s_at_the_end(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin()
    _away(stage, 8)


def away_45_s(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=600)
    _away(stage, 45)


def away_45_s_at_the_end(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin()
    _away(stage, 45)


def _emptied(stage: Stage, seconds: float) -> None:
    """Redis is killed and comes back with nothing."""
    with stage.fault():
        stage.server.kill()
        for folder in stage.server.data_dir.rglob("appendonlydir"):
            shutil.rmtree(folder)
        time.sleep(seconds)
        stage.server.restart()
    stage.prove(lambda: not (stage.row() or {}).get("started_at"), "the row was lost with the data")
    sent_on_return(stage)


def emptied_1_s(stage: Stage) -> None:
    """The task goes on for seconds after it."""
    stage.begin()
    _emptied(stage, 1)


def emptied_8_s(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=LONG)
    _emptied(stage, 8)


def emptied_8_s_at_the_end(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin()
    _emptied(stage, 8)


def emptied_45_s(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin()
    _emptied(stage, 45)


def _frozen(stage: Stage, seconds: float) -> None:
    """Redis stands still: it takes connections, and answers nothing."""
    with stage.fault():
        os.kill(stage.server.pid, signal.SIGSTOP)
        page_says_so(stage)
        time.sleep(max(0.0, stage.fault_began + seconds - time.time()))
        os.kill(stage.server.pid, signal.SIGCONT)
    sent_on_return(stage)


def frozen_5_s(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=LONG)
    _frozen(stage, 5)


def frozen_12_s(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin(steps=LONG)
    _frozen(stage, 12)


def frozen_60_s(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=800)
    _frozen(stage, 60)


def not_there_yet(stage: Stage) -> None:
    """Web and worker are started without Redis; it comes after 10 s."""
    stage.server.stop()
    stage.start_web()
    stage.start_worker(wait=False)


def comes_late(stage: Stage) -> None:
    """Ten seconds later it is there, and with it a task."""
    with stage.fault():
        time.sleep(10)
        stage.server.restart()
    stage.prove(lambda: "ready." not in stage.worker.log(), "the worker was not ready without Redis", 0)
    stage.send(steps=30)
    stage.watch()


def _well(stage: Stage) -> Iterator[str]:
    yield from results_kept(stage)
    yield from serves_again(stage)


ROWS = [
    Fault("F8a", "Redis away 1 s", away_1_s, also=_well, quick=True),
    Fault("F8b", "Redis away 8 s", away_8_s, also=_well),
    Fault("F8c", "Redis away 8 s, the task ends meanwhile", away_8_s_at_the_end, also=_well),
    Fault("F8d", "Redis away 45 s", away_45_s, task_s=90, also=_well),
    Fault("F8e", "Redis away 45 s, the task ends meanwhile", away_45_s_at_the_end, task_s=90, also=_well),
    Fault("F9a", "Redis away 1 s, back empty", emptied_1_s, also=_well, quick=True),
    Fault("F9b", "Redis away 8 s, back empty", emptied_8_s, also=_well),
    Fault("F9c", "the same, the task ends meanwhile", emptied_8_s_at_the_end, also=_well),
    Fault("F9d", "Redis away 45 s, back empty, task ended", emptied_45_s, task_s=90, also=_well),
    Fault("F11a", "Redis frozen 5 s", frozen_5_s, also=_well),
    Fault("F11b", "Redis frozen 12 s, the task ends meanwhile", frozen_12_s, also=_well),
    Fault("F31", "no Redis at the start, it comes after 10 s", comes_late, opening=not_there_yet, also=_well),
    Fault("F11c", "Redis frozen 60 s", frozen_60_s, task_s=120, also=_well),
]

"""The web process dies, stops, freezes (F1, F6)."""

import signal
import time
from collections.abc import Callable

from tests.faults.play import Fault
from tests.faults.stage import Stage

AWAY_S = 1.0


def nothing(stage: Stage) -> None:
    """No fault at all: what the others are compared with."""
    stage.begin()
    with stage.fault():
        pass


def web_killed(stage: Stage) -> None:
    """The web is killed and comes back after a second."""
    _end_and_start(stage, stage.web.kill)


def web_told_to_stop(stage: Stage) -> None:
    """The web is told to stop and comes back after a second."""
    _end_and_start(stage, stage.web.stop)


def _end_and_start(stage: Stage, end: Callable[[], int]) -> None:
    stage.begin()
    with stage.fault():
        end()
        time.sleep(AWAY_S)
        stage.web.start()
    stage.prove(lambda: stage.witness.drops, "the watcher lost its connection")


def web_frozen(stage: Stage) -> None:
    """The web stands still for 10 s."""
    stage.begin()
    with stage.fault():
        stage.web.signal(signal.SIGSTOP)
        before = len(stage.witness.sights)
        time.sleep(10)
        heard = len(stage.witness.sights) - before
        stage.web.signal(signal.SIGCONT)
    stage.prove(lambda: heard <= 1, "nothing was heard of a frozen web")


ROWS = [
    Fault("F1", "no fault", nothing, quick=True),
    Fault("F6a", "web killed, back after 1 s", web_killed, quick=True),
    Fault("F6b", "web told to stop, back after 1 s", web_told_to_stop),
    Fault("F6c", "web frozen for 10 s", web_frozen),
]

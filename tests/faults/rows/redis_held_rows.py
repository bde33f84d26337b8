"""Redis goes away while the worker holds messages that it has not acknowledged (F10)."""

import time
from collections.abc import Iterator

import redis

from tests.faults.play import Fault
from tests.faults.redis_checks import ran_once, results_kept
from tests.faults.stage import PAUSE_S, Stage

AFTER_S = 4.0
"""How long the tasks that run go on after Redis is back."""


def _held(stage: Stage) -> int:
    with redis.Redis.from_url(stage.server.url) as client:
        return int(client.hlen("unacked"))  # type: ignore[arg-type]  # redis' types are of both its clients


def _away(stage: Stage, seconds: float) -> None:
    """One task is acknowledged late, two wait for their time, one or more for a process; Redis is away."""
    steps = int((seconds + AFTER_S) / PAUSE_S)
    stage.begin("matrix.count_late", steps=steps)
    stage.send(steps=steps)
    for _ in range(2):
        stage.send(steps=5, countdown=seconds + 2)
    stage.prove(lambda: _held(stage) == 3, "one runs and is acknowledged late, two wait for their time")
    for _ in range(3):
        stage.send(steps=5)
    stage.prove(lambda: _held(stage) >= 4, "one waits for a process")
    with stage.fault():
        stage.server.stop()
        time.sleep(seconds)
        stage.server.restart()


def away_1_s(stage: Stage) -> None:
    """For a second."""
    _away(stage, 1)


def away_8_s(stage: Stage) -> None:
    """For 8 s."""
    _away(stage, 8)


def away_45_s(stage: Stage) -> None:
    """For 45 s."""
    _away(stage, 45)


def _well(stage: Stage) -> Iterator[str]:
    if stage.worker.returncode is not None:
        yield f"the worker exited with {stage.worker.returncode}"
    yield from ran_once(stage)
    yield from results_kept(stage)


ROWS = [
    Fault("F10a", "F8a, the worker holds messages", away_1_s, also=_well),
    Fault("F10b", "F8b, the worker holds messages", away_8_s, also=_well),
    Fault("F10c", "F8d, the worker holds messages", away_45_s, task_s=90, also=_well),
]

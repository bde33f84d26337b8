"""Wall clocks step by an hour (F33): real processes, whose clocks are set by a library loaded before libc."""

import time
from functools import partial

import redis

from tests.faults.clock import Clock
from tests.faults.play import Fault
from tests.faults.stage import Stage

HOUR_S = 3600
SILENCE_S = 8
"""A worker that has not been heard of for so long is taken for dead."""


def opening(stage: Stage) -> None:
    """Redis has one clock, web and workers have another. Two workers: only the other one can take one for dead."""
    stage.server.stop()
    with Clock(stage.folder, "redis").worn():
        stage.server.restart()
    with Clock(stage.folder, "others").worn():
        stage.open()
        stage.start_worker()


def redis_steps(stage: Stage, by_s: int) -> None:
    """The clock of Redis' machine is set while a task runs, and that of the others is not."""
    _let_workers_grow_old_enough_to_judge(stage)
    stage.begin(steps=150)
    with stage.fault():
        Clock(stage.folder, "redis").set(by_s)
    with redis.Redis.from_url(stage.redis_url) as client:
        now_s = int(client.time()[0])
        stage.prove(lambda: abs(now_s - time.time() - by_s) < 10, "Redis' clock is wrong", 0)


def others_step(stage: Stage, by_s: int) -> None:
    """The clock of web and workers is set while a task runs that is acknowledged late, and Redis' is not."""
    _let_workers_grow_old_enough_to_judge(stage)
    stage.begin("matrix.count_late", steps=250)
    with stage.fault():
        Clock(stage.folder, "others").set(by_s)


def _let_workers_grow_old_enough_to_judge(stage: Stage) -> None:
    time.sleep(SILENCE_S + 3)


ROWS = [
    Fault(number, what, partial(body, by_s=by_s), opening=opening, plain=False)
    for number, what, body, by_s in (
        ("F33a", "Redis' clock steps an hour ahead", redis_steps, HOUR_S),
        ("F33b", "Redis' clock steps an hour back", redis_steps, -HOUR_S),
        ("F33c", "web's and worker's step an hour ahead", others_step, HOUR_S),
        ("F33d", "web's and worker's step an hour back", others_step, -HOUR_S),
    )
]

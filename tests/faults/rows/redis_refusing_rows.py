"""Redis is there, but hangs, refuses or forgets (F12, F13)."""

import time
from collections.abc import Iterator
from typing import Any

import redis

from tests.faults.line import Line
from tests.faults.play import Fault
from tests.faults.redis_checks import admin, page_says_so, results_kept, sent_on_return, serves_again
from tests.faults.stage import Stage
from tests.faults.subjects import PUSHBOARD
from worker import keys

LONG = 130
"""Steps of a task that outlives 8 s of trouble."""


def _bare(_: Stage) -> None:
    """Nothing is there before."""


def line_dead(stage: Stage) -> None:
    """Between Redis and all others nothing comes through for 12 s; what was connected then stays dead."""
    line = stage.enter(Line(stage.server.url))
    stage.redis_url = line.url
    stage.open()
    stage.begin(steps=LONG + 60)
    with stage.fault():
        line.cut()
        page_says_so(stage)
        time.sleep(max(0.0, stage.fault_began + 12 - time.time()))
        line.mend()
    sent_on_return(stage)


def _full(stage: Stage, seconds: float) -> None:
    """Redis has no memory left: it refuses whatever would need some."""
    with admin(stage) as client:
        with stage.fault():
            client.config_set("maxmemory", 1)
            refused = _refused(client)
            page_says_so(stage)
            time.sleep(max(0.0, stage.fault_began + seconds - time.time()))
            client.config_set("maxmemory", 0)
        stage.prove(lambda: refused, "Redis refused to write", 0)
    sent_on_return(stage)


def _refused(client: Any) -> bool:
    try:
        client.set("matrix:probe", 1)
    except redis.ResponseError:
        return True
    return False


def full(stage: Stage) -> None:
    """The task goes on after it."""
    stage.begin(steps=LONG)
    _full(stage, 5)


def full_at_the_end(stage: Stage) -> None:
    """The task ends meanwhile."""
    stage.begin()
    _full(stage, 6)


def flushed(stage: Stage) -> None:
    """All data are gone at one blow, and no connection breaks."""
    stage.begin()
    epoch = getattr(stage.witness, "epoch", "")
    with stage.fault(), admin(stage) as client:
        client.flushall()
    sent_on_return(stage)
    if stage.subject is PUSHBOARD:
        stage.prove(lambda: stage.witness.epoch != epoch, "the watcher is told of a new epoch")  # type: ignore[attr-defined]


def row_evicted(stage: Stage) -> None:
    """Redis evicts the task's row, as it would with a policy such as allkeys-lru."""
    stage.begin()
    with stage.fault(), admin(stage) as client:
        gone = client.delete(keys.row(stage.task_id)) if stage.subject is PUSHBOARD else 1
    stage.prove(lambda: gone, "there was something to evict", 0)


def log_evicted(stage: Stage) -> None:
    """Redis evicts the log and what says where it stands."""
    stage.begin()
    with stage.fault(), admin(stage) as client:
        gone = client.delete(keys.LOG, keys.META) if stage.subject is PUSHBOARD else 2
    stage.prove(lambda: gone == 2, "there was something to evict", 0)


def read_only(stage: Stage) -> None:
    """Redis has become a replica, as in a fail-over: it answers, but takes no writes for 5 s."""
    stage.begin(steps=LONG)
    with admin(stage) as client, stage.fault():
        client.replicaof("127.0.0.1", 1)
        refused = _refused(client)
        page_says_so(stage)
        time.sleep(max(0.0, stage.fault_began + 5 - time.time()))
        client.replicaof("NO", "ONE")
    stage.prove(lambda: refused, "Redis refused to write", 0)
    sent_on_return(stage)


def paused(stage: Stage) -> None:
    """Redis makes every client wait for 5 s."""
    stage.begin(steps=LONG)
    with stage.fault(), admin(stage) as client:
        client.client_pause(5_000, all=True)
        time.sleep(5)
    sent_on_return(stage)


def _well(stage: Stage) -> Iterator[str]:
    yield from results_kept(stage)
    yield from serves_again(stage)


ROWS = [
    Fault("F12", "the line to Redis dead for 12 s", line_dead, opening=_bare, also=_well),
    Fault("F13a", "Redis full for 5 s", full, also=_well),
    Fault("F13b", "Redis full for 6 s, the task ends meanwhile", full_at_the_end, also=_well),
    Fault("F13c", "Redis flushed", flushed, also=serves_again, quick=True),
    Fault("F13d", "the row evicted", row_evicted, plain=False),
    Fault("F13e", "the log evicted", log_evicted, plain=False),
    Fault("F13f", "Redis takes no writes for 5 s", read_only, also=_well),
    Fault("F13g", "Redis makes all wait for 5 s", paused, also=_well),
]

"""A task's room tells every step, however its frames are conflated, and what becomes of the tasks that it has sent."""

from collections.abc import Callable
from typing import Any

from tests.processes import Service, wait_until
from tests.watcher import Watcher
from tests.worker.told import progressed, sent, started, succeeded
from worker import events, states
from worker.events import Event
from worker.steps import STEPS
from worker.store import Table
from worker.stream import Log

Watch = Callable[..., Watcher]

ATTEMPTS = 15


def steps_in(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in STEPS if row.get(name) is not None}


def lives(attempts: range) -> list[Event]:
    told = []
    for attempt in attempts:
        run = f"r{attempt}"
        retried = Event("task-retried", "t1", states.RETRY, run, 0, "", {"note": f"no {attempt}"})
        told += [started(run=run), progressed(1, run=run), progressed(9, run=run), retried]
    return told


def test_no_step_is_lost_where_frames_are_conflated(web: Service, watch: Watch, log: Log) -> None:
    log.append(sent())
    watcher = watch(web.url, "task:t1")
    log.append_all(lives(range(ATTEMPTS)))
    truth = Table(log.client).row("t1") or {}
    wait_until(lambda: watcher.rows["t1"]["offset"] == truth["offset"], 5, "the watcher has caught up")
    entries = 1 + 4 * ATTEMPTS
    assert len(watcher.frames) < entries / 2, "void: the frames were not conflated"
    assert len(steps_in(truth)) == 60, "void: few steps"
    assert steps_in(watcher.rows["t1"]) == steps_in(truth)


def test_whoever_was_away_has_every_step_after_coming_back(web: Service, watch: Watch, log: Log) -> None:
    log.append_all([sent(), *lives(range(2))])
    watcher = watch(web.url, "task:t1")
    web.kill()
    log.append_all([*lives(range(2, 40)), started(run="last"), succeeded(run="last")])
    web.start()
    truth = Table(log.client).row("t1") or {}
    wait_until(lambda: watcher.rows["t1"]["offset"] == truth["offset"], 10, "the watcher has caught up")
    assert steps_in(watcher.rows["t1"]) == steps_in(truth)


def test_the_room_of_a_task_tells_of_those_that_it_sends(web: Service, watch: Watch, log: Log) -> None:
    log.append(started())
    log.append(events.sent("before", "trial.count", "celery", parent_id="t1"))
    watcher = watch(web.url, "task:t1")
    assert watcher.rows["before"]["state"] == "PENDING"
    log.append(events.sent("after", "trial.count", "celery", args="(1,)", parent_id="t1"))
    log.append(started("before", "rb"))
    log.append(progressed(3, "before", "rb"))
    wait_until(lambda: watcher.rows.get("after") and watcher.rows["before"]["state"] == "PROGRESS", 5, "both are told")
    assert watcher.rows["after"]["name"] == "trial.count"
    assert watcher.rows["after"].get("args") is None, "a child's details are for its own room"
    assert watcher.rows["t1"]["task_id"] == "t1"

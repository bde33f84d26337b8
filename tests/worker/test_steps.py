"""The timeline on a real Redis: which steps a task's row has, that none is told twice, and that they are bounded."""

import re
from typing import Any

from tests.worker.told import progressed, sent, started, succeeded
from worker import events, keys, states
from worker.events import Event
from worker.steps import CHILDREN, FIRST, LAST, MOST_CHILDREN, PARTS, STEPS
from worker.store import Table
from worker.stream import NO_OFFSET, SCRIPTS, Limits, Log


def steps_of(table: Table, task_id: str = "t1") -> list[dict[str, Any]]:
    row = table.row(task_id) or {}
    return sorted((row[name] for name in STEPS if name in row), key=lambda step: step["n"])


def kinds(table: Table, task_id: str = "t1") -> list[str]:
    return [step["kind"] for step in steps_of(table, task_id)]


def retried(run: str, why: str, eta: float | None = None) -> Event:
    return Event("task-retried", "t1", states.RETRY, run, 0, "", {"note": why, "eta": eta, "retries": 1})


def received(worker: str = "w1") -> Event:
    return Event("task-received", "t1", states.RECEIVED, stamp="received_at", fields={"worker": worker})


def test_the_script_keeps_as_many_as_are_read() -> None:
    script = (SCRIPTS / "append.lua").read_text()
    assert f"FIRST_STEPS, LAST_STEPS = {FIRST}, {LAST}\n" in script
    assert f"MOST_CHILDREN = {MOST_CHILDREN}\n" in script
    assert len(CHILDREN) == MOST_CHILDREN
    assert set(re.findall(r"step\('([a-z-]+)'", script)) <= {"sent", "received", "started", "ended"}


def test_a_life_with_a_retry_is_told_step_by_step(log: Log, table: Table) -> None:
    log.append(sent())
    log.append(received())
    log.append(started())
    log.append(retried("r1", "gateway timeout", 1e9))
    log.append(started(run="r2"))
    log.append(succeeded(run="r2"))
    steps = steps_of(table)
    assert [(step["kind"], step["attempt"]) for step in steps] == [
        ("sent", 0),
        ("received", 0),
        ("started", 1),
        ("retried", 1),
        ("started", 2),
        ("ended", 2),
    ]
    assert [step["n"] for step in steps] == list(range(6))
    assert (steps[3]["note"], steps[3]["eta"]) == ("gateway timeout", 1e9)
    assert (steps[5]["state"], steps[5]["summary"]) == ("SUCCESS", "42")
    times = [step["at"] for step in steps]
    assert times == sorted(times)
    row = table.row("t1")
    assert row is not None
    assert (times[0], times[1], times[5]) == (row["sent_at"], row["received_at"], row["ended_at"])


def test_of_10_000_reports_the_first_and_each_quarter_are_steps(log: Log, table: Table) -> None:
    log.append(started())
    fields = [{"current": done, "total": 10_000, "note": f"item {done}"} for done in range(1, 10_001)]
    for place in range(0, 10_000, 1_000):
        log.append_all(events.progressed("t1", "r1", 1, "PROGRESS", one) for one in fields[place : place + 1_000])
    steps = steps_of(table)
    assert [step["kind"] for step in steps] == ["started", "reported", "quarter", "quarter", "quarter", "quarter"]
    assert [step["current"] for step in steps[1:]] == [1, 2500, 5000, 7500, 10_000]
    assert steps[2]["note"] == "item 2500"


def test_a_task_that_goes_back_and_forth_is_told_each_quarter_once_an_attempt(log: Log, table: Table) -> None:
    log.append(started())
    for current in (1, 5, 1, 5, 1, 5):
        log.append(progressed(current))
    assert kinds(table) == ["started", "reported", "quarter"]
    log.append(started(run="r2"))
    log.append(progressed(5, run="r2"))
    assert kinds(table)[3:] == ["started", "reported"]
    assert steps_of(table)[3]["overtakes"] == 1


def test_who_took_the_task_is_known_also_if_that_is_told_after_its_end(log: Log, table: Table) -> None:
    for event in (sent(), started(), succeeded()):
        log.append(event)
    assert [log.append(received()).verdict for _ in range(2)] == ["appended", "ended"]
    row = table.row("t1")
    assert row and row["state"] == states.SUCCESS and row["received_at"] == row["started_at"]
    assert kinds(table).count("received") == 1


def test_what_is_appended_twice_is_one_step(log: Log, table: Table) -> None:
    for event in (sent(), received(), started(), progressed(9), retried("r1", "no"), started(run="r2")):
        log.append(event)
        log.append(event)
    log.append(succeeded(run="r2"))
    log.append(succeeded(run="r2"))
    assert kinds(table) == ["sent", "received", "started", "reported", "retried", "started", "ended"]


def test_of_a_thousand_attempts_the_first_and_the_last_steps_are_kept(log: Log, table: Table) -> None:
    for attempt in range(1_000):
        log.append(started(run=f"r{attempt}"))
        log.append(retried(f"r{attempt}", "again"))
    steps = steps_of(table)
    assert [step["n"] for step in steps] == [*range(FIRST), *range(2_000 - LAST, 2_000)]


def test_lost_and_put_back_and_what_comes_after_are_told(log: Log, table: Table) -> None:
    log.append(started())
    log.append(events.put_back("t1", "r1", "Its worker vanished"))
    log.append(started(run="r2"))
    log.append(events.lost("t1", "r2", "Its worker vanished"))
    steps = steps_of(table)
    assert [step["kind"] for step in steps] == ["started", "put-back", "started", "ended"]
    assert (steps[3]["state"], steps[3]["summary"]) == ("LOST", "Its worker vanished")


def test_what_somebody_asks_and_what_becomes_of_it_are_steps(log: Log, table: Table) -> None:
    log.append(started())
    log.append(events.asked("t1", {"kind": "stop", "state": "asked", "by": {"user": "ada"}}))
    log.append(progressed(1))
    log.append(events.ended("revoked", "t1", states.REVOKED, "r1"))
    steps = steps_of(table)
    assert [step["kind"] for step in steps] == ["started", "asked", "reported", "seen", "ended", "told"]
    assert (steps[1]["action"], steps[1]["by"]) == ("stop", "ada")
    assert steps[5]["outcome"] == "done"


def test_the_log_has_every_step_that_the_row_has(log: Log, table: Table) -> None:
    for event in (sent(), started(), progressed(3), retried("r1", "no"), started(run="r2"), succeeded(run="r2")):
        log.append(event)
    folded: dict[str, Any] = {}
    for entry in log.read_after(NO_OFFSET):
        folded |= entry.changes or {}
    row = table.row("t1") or {}
    assert {name: folded[name] for name in STEPS if name in folded} == {n: row[n] for n in STEPS if n in row}


def test_steps_expire_with_their_row_and_the_board_goes_without(log: Log, table: Table) -> None:
    log.append(started())
    assert "step0" not in table.board().rows[0]
    Log(log.client, Limits(tasks=1)).append(started("t2"))
    assert table.row("t1") is None
    assert not log.client.exists(keys.row("t1"))


def test_a_row_has_each_step_as_the_log_told_it(log: Log, table: Table) -> None:
    log.append(sent())
    log.append(received())
    log.append(started())
    for current in (1, 9):
        log.append(progressed(current))
    log.append(events.asked("t1", {"kind": "stop", "state": "asked", "by": {"user": "me"}}))
    log.append(events.seen("t1", "r1"))
    log.append(events.told("t1", {"kind": "stop", "state": "refused", "why": "too late"}))
    log.append(events.put_back("t1", "r1", "it died"))
    log.append(started(run="r2"))
    log.append(retried("r2", "gateway timeout", 1e9))
    log.append(started(run="r3"))
    log.append(succeeded(run="r3"))
    told = [entry.changes for entry in log.read_after(NO_OFFSET) if entry.changes]
    steps = [value for changes in told for name, value in changes.items() if name in STEPS]
    assert {step["kind"] for step in steps} == PARTS.keys(), "void: there are others"
    assert steps_of(table) == sorted(steps, key=lambda step: step["n"])

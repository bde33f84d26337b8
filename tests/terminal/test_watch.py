"""`watch`: tasks until they have ended."""

import json
import signal
from collections.abc import Callable
from typing import Any

import celery
import pytest
import redis

from tests.processes import Service
from tests.terminal.lives import begin, end, report, told
from worker import keys, states
from worker.stream import Limits, Log


def test_a_real_task_is_watched_to_its_end(
    web: Service, start_worker: Callable[..., Service], redis_url: str, run: Any
) -> None:
    start_worker("--concurrency=1")
    sender = celery.Celery(broker=redis_url, backend=redis_url)
    task = sender.send_task("demo.long_task", kwargs={"step_s": 0.05})
    watched = run(web, "watch", task.id)
    assert watched.wait(60) == 0
    lines = told(watched)
    assert any(line.startswith("attempt 1 started · on celery@") for line in lines)
    assert lines[-1].startswith("SUCCESS · ")
    assert len(lines) <= 17  # each state, and each tenth of the way


def test_the_exit_code_says_whether_all_have_succeeded(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    begin(log, "t2")
    both, one = run(web, "watch", "t1", "t2"), run(web, "watch", "t1")
    both.wait_for("[t2]")
    end(log, "t1")
    end(log, "t2", states.FAILURE)
    assert (both.wait(), one.wait()) == (1, 0)


@pytest.mark.parametrize("state", [states.FAILURE, states.REVOKED, states.LOST, states.REJECTED])
def test_a_task_that_has_ended_otherwise_is_told_at_once(web: Service, log: Log, run: Any, state: str) -> None:
    begin(log, "t1")
    end(log, "t1", state, "no boxes left")
    watched = run(web, "watch", "t1")
    assert watched.wait() == 1
    assert told(watched) == ["queued in celery", "attempt 1 started · on w1", f"{state} · no boxes left"]


def test_a_task_that_nobody_issued_is_unknown(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched, odd = run(web, "watch", "t1", "never-sent"), run(web, "watch", "never/sent\x1b[2J")
    assert (watched.wait(), odd.wait()) == (3, 3)
    assert watched.said.startswith("never-sent: Nobody issued a task with this id")
    assert watched.lines == []
    assert odd.said.startswith("task:never/sent: Nobody issued")


def test_who_watches_a_task_that_is_kept_no_longer_is_told_so(
    web: Service, log: Log, redis_client: redis.Redis, run: Any
) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("[t1]")
    begin(Log(redis_client, Limits(tasks=1)), "t2")
    assert not redis_client.exists(keys.row("t1")), "void: it is still kept"
    watched.wait_to_hear("task:t1: Redis has lost it")


def test_a_program_gets_each_thing_as_json(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1", "--json")
    watched.wait_for("started")
    report(log, "t1", 40, note="\x1b[2J\x7f\u202e")
    watched.wait_for("40")
    end(log, "t1")
    assert watched.wait() == 0
    steps = [json.loads(line) for line in watched.lines]
    assert [step["kind"] for step in steps] == ["sent", "started", "reported", "ended"]
    assert steps[2]["note"] == "\x1b[2J\x7f\u202e" and steps[3]["state"] == states.SUCCESS
    assert watched.out.read_bytes().decode("ascii").replace("\n", "").isprintable()


def test_own_states_are_told_and_what_they_say_acts_on_nothing(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    report(log, "t1", 10, "one\rtwo\x1b]0;owned\x07", "UPLOADING")
    watched.wait_for("UPLOADING")
    end(log, "t1", summary="a\nb\x9bc")
    assert watched.wait() == 0
    assert told(watched)[2:] == ["UPLOADING · 10 % · 10 of 100 · one␍two", "SUCCESS · a b[U+009B]c"]


def test_ctrl_c_ends_it_quietly(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    watched.process.send_signal(signal.SIGINT)
    assert watched.wait() == 130
    assert watched.said == ""

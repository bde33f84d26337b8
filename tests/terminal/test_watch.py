"""`watch`: tasks until they have ended."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from tests.terminal.lives import begin, end, report
from worker import states
from worker.stream import Log


def _told(command: Any) -> list[str]:
    """What happened, without the time of day and the name."""
    return [line.split("] ", 1)[1] for line in command.lines]


def test_a_real_task_is_watched_to_its_end(
    web: Service, start_worker: Callable[..., Service], redis_url: str, run: Any
) -> None:
    start_worker("--concurrency=1")
    sender = celery.Celery(broker=redis_url, backend=redis_url)
    task = sender.send_task("demo.long_task", kwargs={"step_s": 0.05})
    watched = run(web, "watch", task.id)
    assert watched.wait(60) == 0
    told = _told(watched)
    assert any(line.startswith("attempt 1 started · on celery@") for line in told)
    assert told[-1].startswith("SUCCESS · ")
    assert len(told) <= 17  # each state, and each tenth of the way


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
    assert _told(watched) == ["queued in celery", "attempt 1 started · on w1", f"{state} · no boxes left"]


def test_a_task_that_nobody_issued_is_unknown(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched, odd = run(web, "watch", "t1", "never-sent"), run(web, "watch", "never/sent\x1b[2J")
    assert (watched.wait(), odd.wait()) == (3, 3)
    assert watched.said.startswith("never-sent: Nobody issued a task with this id")
    assert watched.lines == []
    assert odd.said.startswith("task:never/sent: Nobody issued")


def test_all_that_happens_while_the_web_is_away_is_told_once(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    web.kill()
    watched.wait_to_hear("reconnecting")
    for share in range(1, 61):
        report(log, "t1", share)
    begin(log, "t1", run="r2")  # two attempts in one outage: of the first nothing is to be seen in the row
    web.start()
    watched.wait_to_hear("Live again.")
    watched.wait_for("attempt 2")
    end_of_second = len(watched.lines)
    assert _told(watched)[2:end_of_second] == [
        "1 % · 1 of 100 · box 1",
        "25 % · 25 of 100 · box 25",
        "50 % · 50 of 100 · box 50",
        "attempt 2 started · on w1",
    ]
    end(log, "t1", run="r2", attempt=2)
    assert watched.wait() == 0
    assert len(watched.lines) == len(set(watched.lines))
    assert watched.said.count("reconnecting") == watched.said.count("Live again.") == 1


def test_nothing_is_missed_while_redis_is_away(tmp_path: Path, start_web: Callable[..., Service], run: Any) -> None:
    with RedisServer.start(tmp_path / "redis") as server:
        web = start_web(REDIS_URL=server.url)
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            begin(Log(client), "t1")
        watched = run(web, "watch", "t1")
        watched.wait_for("started")
        server.stop()
        watched.wait_to_hear("The web cannot reach Redis")
        server.restart()
        watched.wait_to_hear("Live again.")
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            report(Log(client), "t1", 33)
            watched.wait_for("33 %")
            end(Log(client), "t1")
        assert watched.wait() == 0
        assert _told(watched)[1:] == ["attempt 1 started · on w1", "33 % · 33 of 100 · box 33", "SUCCESS · all packed"]


def test_a_task_that_redis_has_lost_is_waited_for(web: Service, log: Log, redis_client: redis.Redis, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    redis_client.flushall()
    begin(log, "other")  # with it begins another log, of which the web tells all who watch
    watched.wait_to_hear("Redis has lost it")
    begin(log, "t1", run="r3")
    wait_until(lambda: len(watched.lines) > 2, 20, "the task is there again")
    end(log, "t1", run="r3")
    assert watched.wait() == 0


def test_a_program_gets_each_thing_as_json(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1", "--json")
    watched.wait_for("started")
    report(log, "t1", 40, note="\x1b[2J\x7f\u202e")
    watched.wait_for("40")
    end(log, "t1")
    assert watched.wait() == 0
    told = [json.loads(line) for line in watched.lines]
    assert [step["kind"] for step in told] == ["sent", "started", "reported", "ended"]
    assert told[2]["note"] == "\x1b[2J\x7f\u202e" and told[3]["state"] == states.SUCCESS
    assert watched.out.read_bytes().decode("ascii").replace("\n", "").isprintable()


def test_own_states_are_told_and_what_they_say_acts_on_nothing(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    report(log, "t1", 10, "one\rtwo\x1b]0;owned\x07", "UPLOADING")
    watched.wait_for("UPLOADING")
    end(log, "t1", summary="a\nb\x9bc")
    assert watched.wait() == 0
    assert _told(watched)[2:] == ["UPLOADING · 10 % · 10 of 100 · one␍two", "SUCCESS · a b[U+009B]c"]


def test_ctrl_c_ends_it_quietly(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    watched.process.send_signal(signal.SIGINT)
    assert watched.wait() == 130
    assert watched.said == ""

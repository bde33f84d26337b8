"""`logs`: the workers' log lines, those that are kept and then each new one."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import celery
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from app import lines
from terminal.logs import LogLines
from tests.asking import ask
from tests.log_lines import Process
from tests.processes import ROOT, Service, service_env, wait_until
from tests.terminal.lives import texts
from worker.logs.line import Chunk, Line, Source


def _clients(web: Service) -> int:
    """How many watch something."""
    return int(json.loads(ask(web, "/readyz")[2])["clients"])


def test_a_real_workers_lines_are_followed(
    web: Service, start_worker: Callable[..., Service], redis_url: str, run: Any
) -> None:
    start_worker("--concurrency=1", "-I", "tests.log_tasks")
    sender = celery.Celery(broker=redis_url, backend=redis_url)
    followed = run(web, "logs", "--name", "log.say")
    sender.send_task("log.say", ("first", "second"), ignore_result=True)
    followed.wait_for("second")
    first, second = (line for line in followed.lines if line.endswith(("first", "second")))
    assert " log.say[" in first and "INFO " in first
    assert first < second  # they begin with the time


def test_the_first_line_of_all_is_not_missed(web: Service, redis_client: redis.Redis, run: Any) -> None:
    followed, later = run(web, "logs", "--json"), run(web, "logs", "--json", "-n", "0")
    wait_until(lambda: _clients(web) == 2, 20, "both follow")
    Process(redis_client).log("the first")
    followed.wait_for("the first")
    assert texts(followed) == ["the first"]
    later.wait_for("the first")


def test_lines_since_a_moment_are_shown_all(web: Service, redis_client: redis.Redis, run: Any) -> None:
    process = Process(redis_client)
    process.log(*(f"line {number}" for number in range(300)))
    process.log(*(f"line {number}" for number in range(300, 700)))
    lately = run(web, "logs", "--json", "--no-follow", "--since", "5m")
    later = run(web, "logs", "--json", "--no-follow", "--since", "2099-01-01 10:00")
    ever = run(web, "logs", "--json", "--no-follow", "--since", "1999-12-31")
    never = run(web, "logs", "--since", "yesterday")
    assert (lately.wait(), later.wait(), ever.wait(), never.wait()) == (0, 0, 0, 2)
    assert texts(lately) == texts(ever) == [f"line {number}" for number in range(700)]
    assert later.lines == []
    assert "'yesterday' is no moment" in never.said


def test_what_comes_too_fast_for_frames_is_fetched(web: Service, redis_client: redis.Redis, run: Any) -> None:
    process = Process(redis_client)
    process.log("the beginning")
    followed = run(web, "logs", "--json")
    followed.wait_for("the beginning")
    told = [f"{chunk}-{number}" for chunk in range(20) for number in range(400)]
    for chunk in range(20):
        process.log(*told[400 * chunk : 400 * chunk + 400])
    wait_until(lambda: len(followed.lines) > 8_000, 30, "all lines are there")
    assert texts(followed) == ["the beginning", *told]


def test_old_and_new_lines_are_filtered_alike(web: Service, redis_client: redis.Redis, run: Any) -> None:
    one, other = Process(redis_client), Process(redis_client, "celery@b")
    filters = ("--worker", "celery@b", "--level", "warning", "-q", "Disk")

    def log_some(number: int) -> None:
        one.log(f"disk a {number}", level="ERROR")
        other.log(f"disk info {number}")
        other.log(f"network {number}", level="ERROR")
        other.log(f"disk b {number}", level="ERROR")

    log_some(1)
    kept = run(web, "logs", "--json", "--no-follow", *filters)
    followed = run(web, "logs", "--json", *filters)
    followed.wait_for("disk b 1")
    assert kept.wait() == 0
    log_some(2)
    followed.wait_for("disk b 2")
    assert texts(kept) == ["disk b 1"]
    assert texts(followed) == ["disk b 1", "disk b 2"]


def test_what_was_dropped_is_said_and_escapes_are_shown(web: Service, redis_client: redis.Redis, run: Any) -> None:
    process = Process(redis_client)
    process.log("red \x1b[31mapple\x1b[0m\nand \x1b[2J\x1b]0;owned\x07", dropped=1_204)
    kept = run(web, "logs", "--no-follow")
    assert kept.wait() == 0
    gap, first, second = kept.lines
    assert gap == "--- 1,204 lines dropped here: too many at once ---"
    assert first.endswith("celery@a red apple")
    assert second == "    and "


def test_a_further_line_cannot_pass_for_one_of_the_log(web: Service, redis_client: redis.Redis, run: Any) -> None:
    Process(redis_client).log("one\n03:00:00.000 ERROR    celery@a forged\roverwritten\x9b2K\u202etxt")
    kept = run(web, "logs", "--no-follow")
    assert kept.wait() == 0
    assert kept.lines[1] == "    03:00:00.000 ERROR    celery@a forged␍overwritten[U+009B]2K[U+202E]txt"


@pytest.mark.parametrize("room", ["--worker", "--task"])
def test_lines_of_one_worker_or_one_task_are_followed(
    web: Service, redis_client: redis.Redis, run: Any, room: str
) -> None:
    one, other = Process(redis_client), Process(redis_client, "celery@b")
    asked = {"--worker": "celery@b", "--task": "t1"}[room]
    other.log("kept", task_id="t1", task_name="x")
    followed = run(web, "logs", "--json", room, asked)
    followed.wait_for("kept")
    one.log("another's", task_id="t2", task_name="x")
    other.log("new", task_id="t1", task_name="x")
    followed.wait_for("new")
    assert texts(followed) == ["kept", "new"]


@given(
    line=st.builds(
        Line,
        at=st.just(1.0),
        level=st.sampled_from(["", "DEBUG", "INFO", "WARNING", "ERROR", "NOTICE"]),
        logger=st.just("x"),
        text=st.sampled_from(["", "Straße", "STRASSE", "disk"]),
        task_id=st.sampled_from(["", "t1", "t2"]),
        task_name=st.sampled_from(["", "a", "b"]),
    ),
    wanted=st.fixed_dictionaries(
        {},
        optional={
            "worker": st.sampled_from(["w", "v"]),
            "task": st.sampled_from(["t1", "t2"]),
            "name": st.sampled_from(["a", "b"]),
            "level": st.sampled_from(["DEBUG", "INFO", "WARNING", "CRITICAL"]),
            "q": st.sampled_from(["strasse", "disk"]),
        },
    ),
)
def test_a_line_is_meant_as_the_web_decides_it(line: Line, wanted: dict[str, str]) -> None:
    chunk = Chunk("0000000000000001", "", Source("w", 1, "p", "boot"), (line,))
    rows = lines.rows([chunk], lines.Filter())
    shown: list[Any] = []
    LogLines("", wanted, shown.append)._take_all(rows)
    assert bool(shown) == lines.Filter(**wanted).takes(chunk, line)


def test_a_reader_that_has_enough_ends_it_quietly(web: Service, redis_client: redis.Redis) -> None:
    Process(redis_client).log(*(f"line {number}" for number in range(400)))
    Process(redis_client, "celery@b").log(*("x" * 1_000 for _ in range(400)))
    line = f"{sys.executable} -m flask --app app.factory logs --no-follow -n 800 --url {web.url} | head -n 1"
    shell = ["/bin/bash", "-c", f"set -o pipefail; {line}; exit $?"]
    ended = subprocess.run(shell, cwd=ROOT, env=service_env(), capture_output=True, text=True, timeout=30)
    assert ended.stdout.count("\n") == 1
    assert ended.stderr == ""
    assert ended.returncode == 141

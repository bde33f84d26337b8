"""`logs`: the workers' log lines, those that are kept and then each new one."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import celery
import redis

from tests.log_lines import Process
from tests.processes import ROOT, Service, service_env, wait_until


def _texts(command: Any) -> list[str]:
    return [json.loads(line).get("text", "") for line in command.lines]


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


def test_each_line_comes_once_and_in_its_order_though_the_web_is_killed(
    web: Service, redis_client: redis.Redis, run: Any
) -> None:
    process, told = Process(redis_client), [f"line {number}" for number in range(60)]
    process.log(*told[:10])
    followed = run(web, "logs", "--json", "-n", "5")
    followed.wait_for("line 9")
    process.log(*told[10:20])
    followed.wait_for("line 19")
    web.kill()
    followed.wait_to_hear("reconnecting")
    process.log(*told[20:40])
    web.start()
    followed.wait_for("line 39")
    process.log(*told[40:])
    followed.wait_for("line 59")
    assert _texts(followed) == told[5:]


def test_what_comes_too_fast_for_frames_is_fetched(web: Service, redis_client: redis.Redis, run: Any) -> None:
    process = Process(redis_client)
    process.log("the beginning")
    followed = run(web, "logs", "--json")
    followed.wait_for("the beginning")
    told = [f"{chunk}-{number}" for chunk in range(20) for number in range(400)]
    for chunk in range(20):
        process.log(*told[400 * chunk : 400 * chunk + 400])
    wait_until(lambda: len(followed.lines) > 8_000, 30, "all lines are there")
    assert _texts(followed) == ["the beginning", *told]


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
    log_some(2)
    followed.wait_for("disk b 2")
    assert kept.wait() == 0
    assert _texts(kept) == ["disk b 1"]
    assert _texts(followed) == ["disk b 1", "disk b 2"]


def test_what_was_dropped_is_said_and_escapes_are_shown(web: Service, redis_client: redis.Redis, run: Any) -> None:
    process = Process(redis_client)
    process.log("red \x1b[31mapple\x1b[0m\nand \x1b[2J\x1b]0;owned\x07", dropped=1_204)
    kept = run(web, "logs", "--no-follow")
    assert kept.wait() == 0
    gap, first, second = kept.lines
    assert gap == "--- 1,204 lines dropped here: too many at once ---"
    assert first.endswith("celery@a red apple")
    assert second == "    and "


def test_a_reader_that_has_enough_ends_it_quietly(web: Service, redis_client: redis.Redis) -> None:
    Process(redis_client).log(*(f"line {number}" for number in range(400)))
    Process(redis_client, "celery@b").log(*("x" * 1_000 for _ in range(400)))
    line = f"{sys.executable} -m flask --app app.factory logs --no-follow -n 800 --url {web.url} | head -n 1"
    shell = ["/bin/bash", "-c", f"set -o pipefail; {line}; exit $?"]
    ended = subprocess.run(shell, cwd=ROOT, env=service_env(), capture_output=True, text=True, timeout=30)
    assert ended.stdout.count("\n") == 1
    assert ended.stderr == ""
    assert ended.returncode == 141

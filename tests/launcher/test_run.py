"""`make run`: what it starts, how it ends, and what it makes of what it finds."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.launcher.conftest import Launched
from tests.processes import answers_healthz, wait_until

Launch = Callable[..., Launched]


def test_it_says_once_that_it_is_ready_and_the_page_answers(launch: Launch) -> None:
    run = launch().ready()

    assert answers_healthz(run.url)
    assert run.log.count(f"ready → {run.url}") == 1


def test_every_line_begins_with_the_name_of_its_process(launch: Launch) -> None:
    run = launch().ready()

    names = {line.split("|")[0].strip() for line in run.log.splitlines()}
    assert names == {"pushboard", "mail", "web", "worker"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_everything_in_order(launch: Launch, number: int) -> None:
    run = launch().ready()
    assert len(run.processes()) > 4, "the test would see no process that is left"

    run.signal(number)

    assert run.ended() == 0
    assert run.processes() == []
    assert "killing" not in run.log


def test_a_task_that_runs_may_finish_before_the_end(launch: Launch) -> None:
    run = launch().ready()
    task_id = run.start_long_task(step_s=0.2)

    run.signal(signal.SIGINT)

    assert run.ended() == 0
    assert "killing" not in run.log
    assert run.state_of(task_id) == "SUCCESS"


def test_who_insists_does_not_wait_for_the_task(launch: Launch) -> None:
    run = launch().ready()
    run.start_long_task(step_s=60)

    run.signal(signal.SIGINT)
    run.wait_for("stopping")
    asked_at = time.monotonic()
    run.signal(signal.SIGINT)

    assert run.ended() == 0
    assert time.monotonic() - asked_at < 5
    assert "killing worker" in run.log
    assert run.processes() == []


def test_a_second_run_beside_a_running_one_says_so(launch: Launch) -> None:
    first = launch().ready()

    second = launch()

    assert second.ended() == 1
    assert f"already running here: process {first.process.pid}, {first.url}" in second.log
    assert answers_healthz(first.url)


def test_a_port_in_use_is_told_before_anything_starts(launch: Launch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = launch(PORT=str(port))

        assert run.ended() == 1
    assert f"Another program uses port {port}" in run.log
    assert "Redis started" not in run.log


def test_a_port_that_is_none_is_told(launch: Launch) -> None:
    run = launch(PORT="http")

    assert run.ended() == 1
    assert "PORT must be a number from 1 to 65535, not 'http'." in run.log


def test_after_a_kill_of_the_launcher_the_next_run_works(launch: Launch, tmp_path: Path) -> None:
    first = launch().ready()
    before = set(first.processes())
    first.signal(signal.SIGKILL)
    first.ended()
    assert answers_healthz(first.url), "the test would find nothing that was left"

    second = launch(PORT=first.env["PORT"]).ready()

    assert "ended what a killed run had left: mail, web, worker" in second.log
    assert "Redis found still running" in second.log
    assert len(before & set(second.processes())) == 1, "only Redis is the same"


def test_a_process_that_ends_at_its_start_is_named_with_its_last_lines(launch: Launch) -> None:
    run = launch(MAIL_SERVER="127.0.0.1", MAIL_PORT="none")

    assert run.ended() == 1
    assert "has ended by itself with exit code" in run.log
    assert "MAIL_PORT" in run.log.partition("Its last lines:")[2]
    assert run.processes() == []


def test_redis_is_started_again_when_it_ends(launch: Launch) -> None:
    run = launch().ready()

    os.kill(run.redis_pid(), signal.SIGKILL)

    run.wait_for("Redis has ended; starting it again")
    task_id = run.start_long_task(step_s=0.1)
    wait_until(lambda: run.state_of(task_id) == "SUCCESS", 30, "a task runs on the new Redis")


def test_with_a_redis_of_your_own_none_is_started(launch: Launch, redis_url: str, tmp_path: Path) -> None:
    run = launch(REDIS_URL=redis_url).ready()

    assert "Redis started" not in run.log
    assert not (tmp_path / "data" / "redis.port").exists()

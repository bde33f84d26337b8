"""Tasks in a real worker: what they report arrives, and what they do is not changed by it."""

import time
from collections.abc import Callable
from pathlib import Path

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from worker import states
from worker.store import Row, Table
from worker.stream import NO_OFFSET, Log

StartWorker = Callable[..., Service]
Send = Callable[..., str]

ODD = ["nan", "infinity", "date", "set", "bytes", "huge", "surrogate", "object", "long", "cyclic"]


@pytest.fixture
def send(redis_url: str) -> Send:
    """Send a task by name, as a foreign program would."""
    app = celery.Celery(broker=redis_url, backend=None)

    def send_task(name: str, *args: object, **kwargs: object) -> str:
        return str(app.send_task(name, args, kwargs).id)

    return send_task


def ended(table: Table, task_id: str, timeout_s: float = 20) -> Row:
    """The task's row, as soon as its state is final."""
    found: list[Row] = []

    def look() -> bool:
        row = table.row(task_id)
        found[:] = [row] if row else []
        return row is not None and states.is_final(row["state"])

    wait_until(look, timeout_s, f"{task_id} has ended")
    return found[0]


def test_update_state_alone_puts_a_task_on_the_board(
    start_worker: StartWorker, table: Table, send: Send, redis_client: redis.Redis
) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, send("trial.count", total=5, pause_s=0.2))
    assert (row["state"], row["current"], row["total"], row["summary"]) == ("SUCCESS", 5, 5, "Task completed!")
    assert row["result"]["result"] == 42
    reports = [entry for entry in Log(redis_client).read_after(NO_OFFSET) if entry.type == "task-progressed"]
    steps = [entry.changes["current"] for entry in reports if entry.changes]
    assert steps == sorted(set(steps))
    assert len(steps) >= 3


def test_a_failure_is_told_with_its_traceback(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, send("trial.count", total=1, fail=True))
    assert (row["state"], row["error"]) == ("FAILURE", "ValueError: the disk is full")
    assert "raise ValueError" in row["traceback"]


def test_the_newest_report_arrives_though_the_task_goes_silent_after_it(
    start_worker: StartWorker, table: Table, send: Send
) -> None:
    start_worker("-I", "tests.trial_tasks")
    task_id = send("trial.report_then_rest", 10_000, 10)
    wait_until(lambda: (table.row(task_id) or {}).get("current") == 10_000, 8, "the last report is in the table")
    row = table.row(task_id)
    assert row is not None
    assert (row["state"], row["note"]) == ("PROGRESS", "report 10000")


def test_a_report_after_a_short_silence_arrives_though_the_task_goes_silent_after_it(
    start_worker: StartWorker, table: Table, send: Send
) -> None:
    start_worker("-I", "tests.trial_tasks")
    for task_id in [send("trial.report_twice", gap_ms / 1_000, 4) for gap_ms in (55, 60, 70, 80, 90, 95, 100)]:
        wait_until(lambda task_id=task_id: (table.row(task_id) or {}).get("current") == 2, 6, "it is in the table")  # type: ignore[misc]
        assert (table.row(task_id) or {})["state"] == "PROGRESS"


def test_the_newest_report_comes_before_the_end(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    for task_id in [send("trial.report_then_rest", 1_000, 0) for _ in range(50)]:
        row = ended(table, task_id)
        assert (row["state"], row["current"]) == ("SUCCESS", 1_000)


def test_no_report_fails_the_task(start_worker: StartWorker, table: Table, send: Send) -> None:
    worker = start_worker("-I", "tests.trial_tasks")
    for task_id in [send("trial.say", what) for what in ODD]:
        row = ended(table, task_id)
        assert (row["state"], row["summary"]) == ("SUCCESS", "said")
        assert row["progress_at"], f"{row['args']} was not shown at all"
    assert "is dropped" not in worker.log()


def test_a_retry_is_shown_and_its_next_attempt_too(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    task_id = send("trial.fail_once")
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "RETRY", 15, "it is being retried")
    row = table.row(task_id)
    assert row is not None
    assert (row["attempt"], row["note"]) == (1, "gateway timeout")
    assert row["eta"] is not None
    row = ended(table, task_id)
    assert (row["state"], row["attempt"], row["retries"], row["summary"]) == ("SUCCESS", 2, 1, "fine at last")
    assert row["error"] is None


def test_a_hard_time_limit_is_told(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, send("trial.vanish"))
    assert row["state"] == "FAILURE"
    assert "time limit" in row["summary"]


def test_a_final_state_that_the_task_sets_itself_is_told(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    assert ended(table, send("trial.ignore"))["state"] == "FAILURE"


def test_a_task_nobody_knows_is_told_rejected(start_worker: StartWorker, table: Table, send: Send) -> None:
    start_worker("-I", "tests.trial_tasks")
    row = ended(table, send("no.such.task"))
    assert row["state"] == "REJECTED"
    assert "no.such.task" in row["summary"]


def test_a_task_whose_worker_was_killed_runs_again_on_another(
    start_worker: StartWorker, table: Table, send: Send, tmp_path: Path
) -> None:
    first = start_worker("-I", "tests.trial_tasks", "-n", "first@%h", "--concurrency=1")
    task_id = send("trial.hold", str(tmp_path / "runs"), 60)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "first run", 10, "it runs")
    time.sleep(0.5)
    first.kill()
    start_worker("-I", "tests.trial_tasks", "-n", "second@%h", "--concurrency=1")
    row = ended(table, task_id, timeout_s=30)
    assert (row["state"], row["attempt"], row["summary"]) == ("SUCCESS", 2, "second run")


def test_a_task_that_waited_for_its_time_in_a_killed_worker_runs_on_another(
    start_worker: StartWorker, table: Table, redis_url: str
) -> None:
    first = start_worker("-I", "tests.trial_tasks", "-n", "first@%h", "--concurrency=1")
    sender = celery.Celery(broker=redis_url, backend=None)
    task_id = str(sender.send_task("trial.count", (1,), countdown=8).id)
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "RECEIVED", 10, "it waits in the worker")
    time.sleep(0.5)
    first.kill()
    start_worker("-I", "tests.trial_tasks", "-n", "second@%h", "--concurrency=1")
    assert ended(table, task_id, timeout_s=40)["state"] == "SUCCESS"


def test_a_task_that_must_not_run_again_is_told_lost(start_worker: StartWorker, table: Table, send: Send) -> None:
    first = start_worker("-I", "tests.trial_tasks", "-n", "first@%h", "--concurrency=1")
    task_id = send("trial.sleep", 60)
    wait_until(lambda: (table.row(task_id) or {}).get("note") == "asleep", 10, "it runs")
    time.sleep(2.5)  # the next heartbeat says that it runs
    first.kill()
    start_worker("-I", "tests.trial_tasks", "-n", "second@%h", "--concurrency=1")
    assert ended(table, task_id, timeout_s=30)["state"] == "LOST"


def test_a_report_never_waits_for_redis_and_the_end_arrives_when_it_is_back(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        env = service_env | {"REDIS_URL": server.url}
        services.append(new_worker(tmp_path / "own-worker.log", "-I", "tests.trial_tasks", **env))
        services[-1].start()
        task_id = str(celery.Celery(broker=server.url).send_task("trial.count", (60, 0.1)).id)
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            wait_until(lambda: ((Table(client).row(task_id)) or {}).get("current"), 10, "it runs")
            server.stop()
            time.sleep(3)
            server.restart()
            row = ended(Table(client), task_id, timeout_s=30)
        assert (row["state"], row["current"], row["attempt"]) == ("SUCCESS", 60, 1)
        took = row["ended_at"] - row["started_at"]
        assert took < 60 * 0.1 + 3.0, "the task waited for Redis"

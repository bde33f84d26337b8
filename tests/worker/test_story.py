"""What a task did and what it logged can be put into one order, the order in which the task did it."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from celery import Celery

from tests.processes import Service, wait_until
from worker import mail_log
from worker.logs.journal import Journal
from worker.logs.line import Line
from worker.steps import STEPS
from worker.store import Table

ACTS = 200


@pytest.fixture
def sender(redis_url: str) -> Iterator[Celery]:
    with Celery(broker=redis_url, set_as_current=False) as opened:
        yield opened


@pytest.fixture
def worker(start_worker: Callable[..., Service]) -> Service:
    return start_worker("--concurrency=1", "--without-mingle", "-I", "tests.story_tasks")


def steps_of(client: redis.Redis, task_id: str) -> list[dict[str, Any]]:
    row = Table(client).row(task_id) or {}
    return sorted((row[name] for name in STEPS if name in row), key=lambda step: int(step["n"]))


def lines_of(client: redis.Redis, task_id: str) -> list[Line]:
    return [line for chunk in Journal(client).of_task(task_id) for line in chunk.lines]


def test_each_step_says_how_many_lines_its_run_had_logged_also_while_redis_is_away(
    worker: Service, sender: Celery, redis_client: redis.Redis
) -> None:
    worker.wait_for_log("ready.")
    redis_client.ping()
    task_id = sender.send_task("story.alternate", [3, ACTS]).id
    wait_until(lambda: len(lines_of(redis_client, task_id)) > 0, 10, "it logs")
    redis_client.client_pause(1_500)  # what it did meanwhile comes late, and all at once
    time.sleep(1.5)
    wait_until(lambda: (Table(redis_client).row(task_id) or {}).get("state") == "SUCCESS", 30, "it has ended")
    wait_until(
        lambda: any(line.text == "all is done" for line in lines_of(redis_client, task_id)), 10, "all is shipped"
    )

    lines, steps = lines_of(redis_client, task_id), steps_of(redis_client, task_id)
    runs = {step["run"]: step["attempt"] for step in steps if step["kind"] == "started"}
    own = [line for line in lines if "was reported" in line.text]
    assert len(runs) == 3 and len(own) == 3 * ACTS, "void: not all of it came"
    for line in own:  # it is the run's n-th line, and n - 1 reports came before it
        assert line.text == f"attempt {runs[line.run]}: {line.number - 1} was reported"
    reports = [step for step in steps if step["kind"] in ("reported", "quarter")]
    assert len(reports) >= 6, "void: hardly a report became a step"
    assert all(step["lines"] == step["current"] and step["note"] == f"attempt {runs[step['run']]}" for step in reports)
    assert [step["lines"] for step in steps if step["kind"] == "started"] == [0, 0, 0]
    assert [step["lines"] for step in steps if step["kind"] == "retried"] == [ACTS, ACTS]
    assert [step["lines"] for step in steps if step["kind"] == "ended"] == [ACTS + 1], "after its last line"
    for _, of_run in itertools.groupby(sorted(own, key=lambda line: line.run), key=lambda line: line.run):
        assert [line.number for line in of_run] == list(range(1, ACTS + 1)), "each line is counted once"


def test_what_others_tell_of_a_task_has_no_place_in_its_run(
    worker: Service, sender: Celery, redis_client: redis.Redis
) -> None:
    task_id = sender.send_task("story.alternate", [1, 4]).id
    wait_until(lambda: (Table(redis_client).row(task_id) or {}).get("state") == "SUCCESS", 20, "it has ended")
    without = {step["kind"] for step in steps_of(redis_client, task_id) if "run" not in step}
    assert without == {"received"}
    wait_until(lambda: any("received" in line.text for line in lines_of(redis_client, task_id)), 10, "it is shipped")
    assert {line.run for line in lines_of(redis_client, task_id) if "] received" in line.text} == {""}


def test_a_mail_that_was_sent_is_a_line_of_the_task_that_sent_it(
    worker: Service, sender: Celery, redis_client: redis.Redis, tmp_path: Any
) -> None:
    (tmp_path / "half").touch()
    (tmp_path / "finish").touch()
    task_id = sender.send_task("story.tell", [str(tmp_path)]).id
    wait_until(
        lambda: any(line.logger == mail_log.NAME for line in lines_of(redis_client, task_id)), 20, "the mail is told of"
    )
    (mail,) = [line for line in lines_of(redis_client, task_id) if line.logger == mail_log.NAME]
    half = next(step for step in steps_of(redis_client, task_id) if step.get("note") == "half is packed")
    assert (mail.run, mail.number) == (half["run"], half["lines"] + 1), "right after half was packed"

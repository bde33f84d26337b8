"""Every log line of every process of a worker comes to Redis, whatever happens, and slows no task."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from celery import Celery

from tests.processes import Service, wait_until
from worker.logs.journal import Journal
from worker.logs.line import Line

WAYS = {
    "by logging": ("INFO", "shop.orders"),
    "by Celery's task logger": ("WARNING", "tests.log_tasks"),
    "by print": ("WARNING", "celery.redirected"),
    "by stderr": ("WARNING", "celery.redirected"),
    "by warnings": ("WARNING", "py.warnings"),
}


@pytest.fixture
def sender(redis_url: str) -> Iterator[Celery]:
    with Celery(broker=redis_url, set_as_current=False) as opened:
        yield opened


@pytest.fixture
def worker(start_worker: Callable[..., Service]) -> Service:
    return start_worker("--concurrency=2", "--without-mingle", "-n", "logs@here", "-I", "tests.log_tasks")


@pytest.fixture
def journal(redis_client: redis.Redis) -> Journal:
    return Journal(redis_client)


def all_lines(journal: Journal) -> list[tuple[Any, Line]]:
    return [(chunk.source, line) for chunk in journal.read_after("", most=10_000) for line in chunk.lines]


def find(journal: Journal, text: str, count: int = 1) -> list[tuple[Any, Line]]:
    """So many lines with this text, once they are there."""

    def found() -> list[tuple[Any, Line]]:
        return [pair for pair in all_lines(journal) if text in pair[1].text]

    wait_until(lambda: len(found()) >= count, 10, f"{count} lines with {text!r}")
    return found()


def test_a_line_comes_whichever_way_it_was_written(worker: Service, sender: Celery, journal: Journal) -> None:
    task_id = sender.send_task("log.all_ways", ["mark"]).id
    for way, (level, logger) in WAYS.items():
        ((source, line),) = find(journal, f"mark {way}")
        assert (line.level, line.logger, line.task_id, line.task_name) == (level, logger, task_id, "log.all_ways")
        assert source.worker == "logs@here" and source.process.startswith("ForkPoolWorker-")
    stdout = worker.log()
    assert all(f"mark {way}" in stdout for way in WAYS), "they go to stdout as before"


def test_the_main_process_ships_celerys_own_lines(worker: Service, sender: Celery, journal: Journal) -> None:
    ((source, _),) = find(journal, "logs@here ready.")
    assert (source.process, source.pid) == ("MainProcess", worker.pid)
    task_id = sender.send_task("log.say").id
    ((source, line),) = find(journal, f"log.say[{task_id}] received")
    assert source.process == "MainProcess" and (line.task_id, line.task_name) == (task_id, "log.say")
    ((source, line),) = find(journal, f"log.say[{task_id}] succeeded")
    assert source.process.startswith("ForkPoolWorker-") and line.task_id == task_id


def test_a_traceback_stays_with_its_line(worker: Service, sender: Celery, journal: Journal) -> None:
    sender.send_task("log.fail", ["the disk is full"])
    ((_, line),) = find(journal, "the disk is full")
    assert line.level == "ERROR" and "Traceback (most recent call last)" in line.text
    assert line.text.rstrip().endswith("ValueError: the disk is full")


def test_secrets_leave_the_worker_masked(worker: Service, sender: Celery, journal: Journal) -> None:
    sender.send_task("log.say", ["to postgres://shop:h4lfm00n@db/x", "login password='s3same' user=ada token=t0ps"])
    ((_, line),) = find(journal, "postgres://")
    assert line.text == "to postgres://shop:••••••@db/x"
    ((_, line),) = find(journal, "login ")
    assert line.text == "login password='••••••' user=ada token=••••••"


def test_a_flood_is_bounded_and_what_is_dropped_is_counted(worker: Service, sender: Celery, journal: Journal) -> None:
    task_id = sender.send_task("log.flood", [100_000]).id
    worker.wait_for_log(f"{task_id}] succeeded", timeout_s=60)

    def told() -> int:
        mine = [
            line for _, line in all_lines(journal) if line.dropped or (line.task_id == task_id and "flood" in line.text)
        ]
        return sum(line.dropped + ("of a flood" in line.text) for line in mine)

    wait_until(lambda: told() >= 100_000, 30, "all 100,000 lines are there or counted")
    shown = [line for _, line in all_lines(journal) if "of a flood" in line.text]
    assert len(shown) < 100_000, "void: nothing was dropped"
    numbers = [int(line.text.split()[1]) for line in shown]
    assert numbers == sorted(set(numbers)), "in order, each once"
    after = {line.text.split()[1]: line.dropped for line in shown if line.dropped}
    for before, number in itertools.pairwise(numbers):
        assert after.get(str(number), 0) == number - before - 1, "the gap is where the lines are missing"
    own = [line for chunk in journal.of_task(task_id) for line in chunk.lines]
    assert sum(line.dropped + ("of a flood" in line.text) for line in own) >= 100_000, "its own log says it, too"


def test_lines_wait_while_redis_is_away_and_the_task_does_not(
    worker: Service, sender: Celery, journal: Journal, redis_client: redis.Redis
) -> None:
    task_id = sender.send_task("log.say_and_wait", [6]).id
    find(journal, "second 1")
    redis_client.client_pause(3_500)
    worker.wait_for_log("second 4")
    find(journal, "second 6")
    mine = [line for _, line in all_lines(journal) if line.task_id == task_id and line.text.startswith("second")]
    assert [line.text for line in mine] == [f"second {number}" for number in range(1, 7)]
    gaps = [later.at - line.at for line, later in itertools.pairwise(mine)]
    assert max(gaps) < 2, "the task was never held up"


def test_a_process_that_a_task_forks_ships_its_own_lines(worker: Service, sender: Celery, journal: Journal) -> None:
    sender.send_task("log.fork", ["from the child's child"])
    ((source, _),) = find(journal, "from the child's child")
    parents = {source.pid for source, line in all_lines(journal) if "log.fork" in line.text}
    assert parents and source.pid not in parents


def test_many_threads_at_once_lose_nothing(worker: Service, sender: Celery, journal: Journal) -> None:
    sender.send_task("log.threads", [8, 100])

    def told() -> int:
        return sum(1 for _, line in all_lines(journal) if re.fullmatch(r"\d-\d+", line.text))

    wait_until(lambda: told() == 800, 10, "all 800 lines are there")


def test_the_last_lines_of_a_worker_that_is_told_to_end_are_there(
    worker: Service, sender: Celery, journal: Journal
) -> None:
    sender.send_task("log.say", ["the last"])
    worker.wait_for_log("the last")
    worker.stop()
    texts = [line.text for _, line in all_lines(journal)]
    assert "the last" in texts

"""The log lines on Redis: each chunk once, bounded, in order, and each task's own."""

import time
from typing import Any

import pytest
import redis

from tests.worker.told import sent
from worker import keys
from worker.logs.journal import Journal, JournalLimits
from worker.logs.line import Line, Source
from worker.stream import Limits, Log

SOURCE = Source("celery@a", 7, "ForkPoolWorker-1", "boot-1")


def line(text: str, **more: Any) -> Line:
    return Line(time.time(), "INFO", "shop", text, **more)


@pytest.fixture
def journal(redis_client: redis.Redis) -> Journal:
    return Journal(redis_client)


def texts(chunks: list[Any]) -> list[str]:
    return [line.text for chunk in chunks for line in chunk.lines]


def test_a_chunk_is_read_as_it_was_written(journal: Journal) -> None:
    lines = [line("one\ntwo"), line("\ud800 \x1b[31m ☃", task_id="t1", task_name="x", dropped=3)]
    offset = journal.append(SOURCE, 1, time.time(), lines)
    (chunk,) = journal.read_after("")
    assert (chunk.offset, chunk.source) == (offset, SOURCE)
    assert [one._replace(at=0) for one in chunk.lines] == [one._replace(at=0) for one in lines]
    assert all(abs(read.at - wrote.at) < 0.5 for read, wrote in zip(chunk.lines, lines, strict=True))


def test_a_chunk_that_is_sent_again_is_there_once(journal: Journal) -> None:
    assert journal.append(SOURCE, 1, time.time(), [line("a")])
    assert journal.append(SOURCE, 1, time.time(), [line("a")]) == ""
    assert journal.append(SOURCE, 2, time.time(), [line("b")])
    assert texts(journal.read_after("")) == ["a", "b"]
    assert journal.kept().lines == 2


def test_each_chunk_names_the_one_before_it(journal: Journal) -> None:
    first, second = (journal.append(SOURCE, number, time.time(), [line("x")]) for number in (1, 2))
    assert [chunk.prev for chunk in journal.read_after("")] == ["0" * 16, first]
    assert second > first and journal.newest() == second


def test_a_clock_that_is_ten_minutes_off_is_set_right(journal: Journal) -> None:
    off_s = time.time() + 600
    journal.append(SOURCE, 1, off_s, [Line(off_s - 2, "INFO", "shop", "two seconds ago")])
    assert abs(journal.read_after("")[0].lines[0].at - (time.time() - 2)) < 1


@pytest.mark.parametrize("limits", [JournalLimits(lines=100), JournalLimits(bytes=4_000)])
def test_what_is_kept_is_bounded(redis_client: redis.Redis, limits: JournalLimits) -> None:
    journal = Journal(redis_client, limits)
    for number in range(200):
        journal.append(SOURCE, number + 1, time.time(), [line(f"{number} {place}") for place in range(5)])
    kept = journal.kept()
    stored = texts(journal.read_after("", most=1_000))
    assert kept.lines == len(stored) <= limits.lines and kept.bytes <= limits.bytes
    assert stored[-1] == "199 4", "the newest is there"
    assert len(stored) > 40, "void: next to nothing is kept"


def test_what_is_too_old_goes(redis_client: redis.Redis) -> None:
    journal = Journal(redis_client, JournalLimits(seconds=1))
    journal.append(SOURCE, 1, time.time(), [line("old", task_id="t1")])
    time.sleep(1.1)
    journal.append(SOURCE, 2, time.time(), [line("new")])
    assert texts(journal.read_after("")) == ["new"]
    assert journal.of_task("t1") == [] and not redis_client.exists(keys.lines_of("t1"))


def test_a_tasks_own_lines_are_found_among_all(journal: Journal) -> None:
    journal.append(
        SOURCE, 1, time.time(), [line("mine 1", task_id="t1"), line("another's", task_id="t2"), line("none's")]
    )
    journal.append(SOURCE, 2, time.time(), [line("another's", task_id="t2")])
    journal.append(SOURCE, 3, time.time(), [line("mine 2", task_id="t1")])
    assert texts(journal.of_task("t1")) == ["mine 1", "mine 2"]


def test_a_tasks_offsets_are_bounded_and_expire(journal: Journal, redis_client: redis.Redis, monkeypatch: Any) -> None:
    monkeypatch.setattr("worker.logs.journal.MOST_CHUNKS_OF_A_TASK", 10)
    for number in range(30):
        journal.append(SOURCE, number + 1, time.time(), [line(str(number), task_id="t1")])
    assert texts(journal.of_task("t1")) == [str(number) for number in range(20, 30)]
    assert 0 < int(str(redis_client.ttl(keys.lines_of("t1")))) <= journal.limits.seconds


def test_it_is_read_back_from_any_place(journal: Journal) -> None:
    offsets = [journal.append(SOURCE, number + 1, time.time(), [line(str(number))]) for number in range(6)]
    assert texts(journal.read_before(most=2)) == ["5", "4"]
    assert texts(journal.read_before(offsets[2])) == ["1", "0"]
    assert texts(journal.read_after(offsets[3])) == ["4", "5"]


def test_what_others_write_into_the_stream_is_passed_over(journal: Journal, redis_client: redis.Redis) -> None:
    journal.append(SOURCE, 1, time.time(), [line("ours")])
    for fields in ({"x": "y"}, {"worker": "w", "lines": "[[[["}, {"lines": "{}"}):
        redis_client.xadd(keys.LINES, fields)
    assert texts(journal.read_after("")) == ["ours"]


def test_with_a_task_goes_what_says_where_its_lines_are(journal: Journal, redis_client: redis.Redis) -> None:
    log = Log(redis_client, Limits(tasks=1))
    log.append(sent("t1"))
    journal.append(SOURCE, 1, time.time(), [line("one", task_id="t1")])
    assert redis_client.exists(keys.lines_of("t1"))
    log.append(sent("t2"))
    assert not redis_client.exists(keys.lines_of("t1"))
    assert texts(journal.read_after("")) == ["one"], "the lines themselves have bounds of their own"

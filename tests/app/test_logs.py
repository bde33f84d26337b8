"""The log lines as the web tells of them in their rooms: as they come, and what was missed."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from tests.log_lines import Process, Reader, get
from tests.processes import Service, wait_until
from worker.logs.line import Line


@pytest.fixture
def read() -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def start(web: Service, room: str = "logs") -> Reader:
        readers.append(Reader(web.url, room))
        return readers[-1]

    yield start
    for reader in readers:
        reader.client.disconnect()


def test_a_line_says_all_that_is_known_of_it(web: Service, redis_client: redis.Redis, read: Any) -> None:
    reader = read(web)
    offset = Process(redis_client).log(
        "one\ntwo \x1b[31m☃", level="ERROR", task_id="t1", task_name="shop.order", dropped=4
    )
    wait_until(lambda: reader.lines, 5, "the line is told")
    (row,) = reader.lines.values()
    assert abs(row.pop("at") - time.time()) < 2
    assert row == {
        **{"id": f"{offset}-0000", "offset": f"{offset}-0000", "level": "ERROR", "logger": "shop", "dropped": 4},
        **{"worker": "celery@a", "pid": 7, "process": "ForkPoolWorker-1", "text": "one\ntwo \x1b[31m☃"},
        **{"task": "t1", "name": "shop.order"},
    }
    assert get(web)["rows"][0]["id"] == row["id"]


def test_who_comes_later_gets_the_newest_lines_and_then_each_that_follows(
    web: Service, redis_client: redis.Redis, read: Any
) -> None:
    process = Process(redis_client)
    for number in range(40):
        process.log(*(f"{number}-{place:02}" for place in range(20)))
    reader = read(web)
    assert reader.texts()[0] == "15-00" and len(reader.lines) == 500
    process.log("the next")
    wait_until(lambda: reader.texts()[-1] == "the next", 5, "the next line is told")
    assert reader.answered == 1


def test_a_room_of_a_task_or_a_worker_tells_no_others_lines(web: Service, redis_client: redis.Redis, read: Any) -> None:
    one, other = Process(redis_client), Process(redis_client, "celery@b")
    one.log("a before", task_id="t1")
    other.log("b before", task_id="t2")
    of_task, of_worker, everything = read(web, "logs:task:t1"), read(web, "logs:worker:celery@b"), read(web)
    other.log("b after", task_id="t1")
    one.log("a after", task_id="t2")
    wait_until(lambda: len(everything.lines) == 4, 5, "all four are told")
    wait_until(lambda: of_task.texts() == ["a before", "b after"], 5, "the task's lines of both workers")
    wait_until(lambda: of_worker.texts() == ["b before", "b after"], 5, "the worker's lines")


def test_who_was_away_is_told_what_it_missed_and_nothing_twice(
    web: Service, redis_client: redis.Redis, read: Any
) -> None:
    process, reader = Process(redis_client), read(web)
    process.log("first")
    wait_until(lambda: reader.texts() == ["first"], 5, "the first is told")
    reader.client.disconnect()
    process.log("missed 1", "missed 2")
    reader.client.connect(web.url, transports=["websocket"])
    wait_until(lambda: reader.texts() == ["first", "missed 1", "missed 2"], 5, "what was missed is told")
    assert reader.recovered[-1] is True


def test_who_missed_too_much_gets_the_newest_lines(web: Service, redis_client: redis.Redis, read: Any) -> None:
    process, reader = Process(redis_client), read(web)
    process.log("first")
    wait_until(lambda: reader.texts() == ["first"], 5, "the first is told")
    reader.client.disconnect()
    answered = reader.answered  # more than one, if it was told of a gap as the web began to follow
    told = [f"{number}-{place}" for number in range(30) for place in range(20)]
    for number in range(30):
        process.log(*told[number * 20 : number * 20 + 20])
    reader.client.connect(web.url, transports=["websocket"])
    wait_until(lambda: reader.answered > answered, 20, "it is answered")
    assert reader.recovered[-1] is False
    # Where it is back before anybody has noticed that nobody reads, a frame tells all, too.
    assert reader.texts() in (told[-500:], told)


def test_nothing_is_missed_while_lines_come_and_connections_break(
    web: Service, redis_client: redis.Redis, read: Any
) -> None:
    processes, reader = [Process(redis_client, f"celery@{name}") for name in "abc"], read(web)
    sent = []
    for number in range(300):
        text = f"{number:04}"
        processes[number % 3].log(text)
        sent.append(text)
        if number % 60 == 30:
            wait_until(lambda: reader.client.connected and reader.client.eio.ws.connected, 5, "void: it is connected")
            reader.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)  # the line breaks; the client comes back by itself
        time.sleep(0.005)
    wait_until(lambda: reader.texts() == sent, 10, "every line is there, once, in order")
    assert reader.answered > 3, "void: no connection broke"


def test_after_redis_lost_everything_new_lines_are_told(web: Service, redis_client: redis.Redis, read: Any) -> None:
    reader = read(web)
    Process(redis_client).log("before")
    wait_until(lambda: reader.texts() == ["before"], 5, "the line is told")
    redis_client.flushall()
    later = Process(redis_client)
    wait_until(lambda: later.log("after") and "after" in reader.texts(), 10, "a line after it is told")


def test_more_than_a_page_can_take_in_is_counted_and_can_be_read_back(
    web: Service, redis_client: redis.Redis, read: Any
) -> None:
    reader, process = read(web), Process(redis_client)
    process.log("first")
    wait_until(lambda: reader.texts() == ["first"], 5, "the first is told")
    with redis_client.pipeline(transaction=True) as pipe:
        flood = Process(pipe)
        process.journal.append(process.source, 99, time.time(), [Line(time.time(), "INFO", "x", "loads the script")])
        for number in range(8):
            flood.log(*(f"{number}-{place}" for place in range(500)))
        pipe.execute()
    wait_until(lambda: reader.skipped, 5, "lines are skipped")
    wait_until(lambda: len(reader.lines) + reader.skipped == 4_002, 5, "all are told or counted")
    assert reader.texts()[-1] == "7-99" or "7-499" in reader.texts()
    assert get(web)["kept"]["lines"] == 4_002


def test_nothing_is_read_while_nobody_watches(web: Service, redis_client: redis.Redis, read: Any) -> None:
    def reads() -> int:
        stats = redis_client.info("commandstats")
        return int(stats.get("cmdstat_xread", {}).get("calls", 0))

    reader = read(web)
    Process(redis_client).log("x")
    wait_until(lambda: reader.lines, 5, "void: the follower follows")
    reader.client.disconnect()
    time.sleep(1)
    before = reads()
    for _ in range(10):
        Process(redis_client).log("x")
    time.sleep(1)
    assert reads() - before <= 5, "only the log of tasks is followed"

"""The log lines as the web tells of them: as they come in their rooms, and back over HTTP."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
import socketio

from tests.asking import ask
from tests.processes import Service, wait_until
from worker.logs.journal import Journal, JournalLimits
from worker.logs.line import Line, Source


class Reader:
    """Reads one of the rooms as docs/protocol.md says: applies what follows on what it has, and asks again at a gap."""

    def __init__(self, url: str, room: str) -> None:
        self.room, self.epoch, self.offset = room, "", ""
        self.lines: dict[str, dict[str, Any]] = {}
        self.skipped = self.answered = 0
        self.recovered: list[bool] = []
        self.held: list[dict[str, Any]] | None = []
        self.lock = threading.RLock()
        self.client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.3)
        self.client.on("frame", self._hear)
        self.client.on("connect", self._subscribe)
        self.client.connect(url, transports=["websocket"])
        wait_until(lambda: self.answered, 5, "the subscribe is answered")

    def _subscribe(self) -> None:
        with self.lock:
            self.held = []
        asked = {"room": self.room, "epoch": self.epoch, "offset": self.offset}
        self.client.emit("subscribe", asked, callback=self._answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        with self.lock:
            if "error" in answer:
                threading.Timer(0.2, self._subscribe).start()
                return
            held, self.held = self.held or [], None
            self.recovered.append(answer["recovered"])
            self.lines = (self.lines if answer["recovered"] else {}) | {row["id"]: row for row in answer["rows"]}
            self.epoch, self.offset = answer["epoch"], answer["offset"]
            self.answered += 1
            for frame in held:
                self._hear(frame)

    def _hear(self, frame: dict[str, Any]) -> None:
        with self.lock:
            if self.held is not None:
                self.held.append(frame)
            elif frame["epoch"] != self.epoch or frame["prev"] > self.offset:
                self._subscribe()
            else:
                self.skipped += frame.get("skipped", 0)
                self.lines |= {row["id"]: row for row in frame["rows"]}
                self.offset = max(self.offset, frame["offset"])

    def texts(self) -> list[str]:
        with self.lock:
            return [row["text"] for _, row in sorted(self.lines.items())]


@pytest.fixture
def read() -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def start(web: Service, room: str = "logs") -> Reader:
        readers.append(Reader(web.url, room))
        return readers[-1]

    yield start
    for reader in readers:
        reader.client.disconnect()


class Process:
    """Logs as a worker's process does."""

    def __init__(self, client: redis.Redis, worker: str = "celery@a", limits: JournalLimits | None = None) -> None:
        self.journal = Journal(client, limits)
        self.source = Source(worker, 7, "ForkPoolWorker-1", f"boot of {worker} {id(self)}")
        self.number = 0

    def log(self, *texts: str, level: str = "INFO", **more: Any) -> str:
        self.number += 1
        lines = [Line(time.time(), level, "shop", text, **more) for text in texts]
        return self.journal.append(self.source, self.number, time.time(), lines)


def get(web: Service, **given: Any) -> dict[str, Any]:
    status, _, text = ask(web, f"/api/logs?{urlencode(given)}")
    assert status == 200, text
    answer: dict[str, Any] = json.loads(text)
    return answer


def texts(answer: dict[str, Any]) -> list[str]:
    return [row["text"] for row in answer["rows"]]


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
    assert reader.recovered == [False, True]


def test_who_missed_too_much_gets_the_newest_lines(web: Service, redis_client: redis.Redis, read: Any) -> None:
    process, reader = Process(redis_client), read(web)
    process.log("first")
    wait_until(lambda: reader.texts() == ["first"], 5, "the first is told")
    reader.client.disconnect()
    for number in range(30):
        process.log(*(f"{number}-{place}" for place in range(20)))
    reader.client.connect(web.url, transports=["websocket"])
    wait_until(lambda: reader.recovered == [False, False], 5, "it is answered anew")
    assert len(reader.lines) == 500 and reader.texts()[-1] == "29-19"


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


def test_history_is_read_back_page_by_page_without_a_gap(web: Service, redis_client: redis.Redis) -> None:
    process = Process(redis_client)
    sent = [f"{number:03}" for number in range(250)]
    for start in range(0, 250, 7):
        process.log(*sent[start : start + 7])
    found: list[str] = []
    before = ""
    for _ in range(10):
        page = get(web, before=before, most=30)
        found = texts(page) + found
        before = page["next"]
        if not before:
            break
    assert found == sent
    forth = get(web, after=get(web, before="", most=30)["next"], most=500)
    assert texts(forth) == sent[-29:]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"worker": "celery@b"}, ["b ok", "b bad"]),
        ({"level": "error"}, ["b bad"]),
        ({"level": "INFO"}, ["a ok", "b ok", "b bad"]),
        ({"q": "BAD"}, ["b bad"]),
        ({"task": "t1"}, ["a ok"]),
        ({"name": "shop.pay"}, ["b bad"]),
        ({"name": "shop.pay", "worker": "celery@a"}, []),
    ],
)
def test_history_is_filtered(web: Service, redis_client: redis.Redis, given: dict[str, str], shown: list[str]) -> None:
    one, other = Process(redis_client), Process(redis_client, "celery@b")
    one.log("a debug", level="DEBUG")
    one.log("a ok", task_id="t1", task_name="shop.order")
    other.log("b ok")
    other.log("b bad", level="ERROR", task_id="t2", task_name="shop.pay")
    assert texts(get(web, **given)) == shown


def test_one_can_go_to_a_time(web: Service, redis_client: redis.Redis) -> None:
    process = Process(redis_client)
    process.log("earlier")
    time.sleep(0.05)
    seconds, microseconds = redis_client.time()
    process.log("later")
    at = f"{seconds * 1_000_000 + microseconds}"
    assert texts(get(web, after=at)) == ["later"]
    assert texts(get(web, before=at)) == ["earlier"]


@pytest.mark.parametrize(
    "given",
    [
        {"level": "LOUD"},
        {"most": "0"},
        {"most": "x"},
        {"before": "-1"},
        {"after": "1'"},
        {"q": "x" * 501},
        {"x": "1"},
        {"before": "1", "after": "2"},
        {"before": "9" * 30},
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(web: Service, given: dict[str, str]) -> None:
    status, _, text = ask(web, f"/api/logs?{urlencode(given)}")
    assert status == 400 and json.loads(text)["error"]["message"]


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

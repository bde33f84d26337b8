"""The Socket.IO edge of a real web process: subscribing, frames, and what is refused."""

import gc
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis

from tests.processes import Service, wait_until
from tests.watcher import Watcher, same
from worker import events, states
from worker.events import Event
from worker.store import Table
from worker.stream import Log

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
    "ignore:unclosed <socket:ResourceWarning",
)


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def start(url: str, room: str = "board", transports: list[str] | None = None) -> Watcher:
        watchers.append(Watcher(url, room, transports))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.client.disconnect()
        assert watcher.faults == []
    gc.collect()  # python-socketio's client leaves sockets of lost connections open: told here, and not in a later test


@pytest.fixture
def web(start_web: Callable[..., Service]) -> Service:
    return start_web()


@pytest.fixture
def log(redis_client: redis.Redis) -> Log:
    return Log(redis_client)


Watch = Callable[..., Watcher]


def run(log: Log, task_id: str = "t1", steps: int = 100, pause_s: float = 0.005) -> None:
    """What a task's life looks like in the log."""
    log.append(events.sent(task_id, "trial.count", "celery"))
    log.append(Event("task-started", task_id, states.STARTED, "r1", 0, "started_at", {"worker": "w"}))
    for step in range(1, steps + 1):
        fields = {"current": step, "total": steps, "note": f"step {step}"}
        log.append(events.progressed(task_id, "r1", 1, states.PROGRESS, fields))
        time.sleep(pause_s)
    log.append(events.ended("succeeded", task_id, states.SUCCESS, "r1", result={"n": 1}, summary="done"))


def test_a_watcher_of_the_board_ends_with_the_table(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    watcher = watch(web.url)
    run(log)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert same(watcher.rows["t1"], Table(redis_client).board().rows[0])
    assert "result" not in watcher.rows["t1"]


def test_a_watcher_of_one_task_is_told_its_details(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    log.append(events.sent("t1", "trial.count", "celery"))
    watcher = watch(web.url, "task:t1")
    run(log, steps=3)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    row = Table(redis_client).row("t1")
    assert row
    assert same(watcher.rows["t1"], row)
    assert watcher.rows["t1"]["result"] == {"n": 1}


def test_a_room_gets_at_most_20_frames_a_second_and_the_end_at_once(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    began = time.monotonic()
    run(log, steps=400, pause_s=0.002)
    took = time.monotonic() - began
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert 3 <= len(watcher.frames) <= took * 20 + 4  # the first and the final ones do not wait


def test_frames_carry_only_what_changed(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    run(log, steps=50)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    last = watcher.frames[-2]["rows"][0]
    assert "name" not in last
    assert {"task_id", "offset", "current", "note"} <= set(last)


def test_each_frame_continues_the_one_before(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    run(log, steps=200, pause_s=0.002)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert [frame["prev"] for frame in watcher.frames[1:]] == [frame["offset"] for frame in watcher.frames[:-1]]


def test_counts_come_with_the_frames(web: Service, watch: Watch, log: Log, redis_client: redis.Redis) -> None:
    watcher = watch(web.url)
    run(log, steps=3)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert [frame["counts"] for frame in watcher.frames if "counts" in frame][-1] == Table(redis_client).counts()


@pytest.mark.parametrize("number", [signal_number for signal_number in ("kill", "stop")])
def test_a_web_process_that_dies_in_the_middle_costs_nothing(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis, number: str
) -> None:
    watcher = watch(web.url)
    task = threading.Thread(target=run, args=(log, "t1", 200, 0.02))
    task.start()
    wait_until(lambda: watcher.rows.get("t1", {}).get("current"), 5, "progress is shown")
    web.kill() if number == "kill" else web.stop()
    time.sleep(1)
    web.start()
    task.join()
    wait_until(lambda: watcher.rows["t1"].get("state") == "SUCCESS", 5, "the end is shown")
    assert same(watcher.rows["t1"], Table(redis_client).board().rows[0])
    assert watcher.answered >= 2


def test_long_polling_ends_exact_too(web: Service, watch: Watch, log: Log, redis_client: redis.Redis) -> None:
    watcher = watch(web.url, transports=["polling"])
    run(log)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert same(watcher.rows["t1"], Table(redis_client).board().rows[0])


def test_a_flushed_redis_is_noticed_and_the_task_comes_back(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    watcher = watch(web.url)
    run(log, "old", steps=2)
    wait_until(lambda: "old" in watcher.rows, 5, "the old task is shown")
    redis_client.flushall()
    wait_until(lambda: not watcher.rows, 5, "the board is empty")
    run(log, "new", steps=2)
    wait_until(lambda: watcher.rows.get("new", {}).get("state") == "SUCCESS", 5, "the new task is shown")


@pytest.mark.parametrize("threads", [4])
def test_subscribing_while_it_runs_misses_nothing(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis, threads: int
) -> None:
    task = threading.Thread(target=run, args=(log, "t1", 150, 0.005))
    task.start()
    watchers = [watch(web.url) for _ in range(8)]
    task.join()
    row = Table(redis_client).board().rows[0]
    for watcher in watchers:
        wait_until(lambda watcher=watcher: same(watcher.rows.get("t1", {}), row), 5, "the end is shown")  # type: ignore[misc]


BAD = [None, 1, [], {}, "board", {"room": None}, {"room": 1}, {"room": {}}, {"room": ""}, {"room": "workers/../x"}]
BAD += [
    {"room": "x" * 5_000},
    {"room": "board", "offset": 5},
    {"room": "task:"},
    {"room": "task:*"},
    {"room": ["board"]},
]


def test_a_faulty_subscribe_is_told_so_and_costs_one_line(web: Service, watch: Watch) -> None:
    watcher = watch(web.url)
    for payload in BAD:
        before = len(web.log().splitlines())
        answer = watcher.client.call("subscribe", payload)
        assert answer["error"]["code"] in ("bad_request", "unknown_room", "unknown_task"), payload
        assert len(web.log().splitlines()) - before <= 1
    assert watcher.client.call("subscribe")["error"]["code"] == "bad_request"


def test_a_connection_is_in_128_rooms_at_most(web: Service, watch: Watch, log: Log) -> None:
    for number in range(130):
        log.append(events.sent(f"t{number}", "trial.count", "celery"))
    watcher = watch(web.url)
    answers = [watcher.client.call("subscribe", {"room": f"task:t{number}"}) for number in range(130)]
    refused = [answer["error"]["code"] for answer in answers if "error" in answer]
    assert refused == ["too_many_rooms"] * 3
    watcher.client.call("unsubscribe", {"room": "task:t0"})
    assert "error" not in watcher.client.call("subscribe", {"room": "task:t129"})


def test_an_outsider_hears_nothing_of_a_room_it_left(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    other = watch(web.url)
    watcher.client.call("unsubscribe", {"room": "board"})
    run(log, steps=3)
    wait_until(lambda: other.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the other one is told")
    assert watcher.frames == []

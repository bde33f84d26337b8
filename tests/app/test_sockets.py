"""The Socket.IO edge of a real web process: subscribing, frames, and what is refused."""

import threading
import time
from collections.abc import Callable

import pytest
import redis

from tests.processes import Service, wait_until
from tests.watcher import Watcher, live, same
from worker import events
from worker.store import Table
from worker.stream import Log

Watch = Callable[..., Watcher]


def test_a_watcher_of_the_board_ends_with_the_table(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    watcher = watch(web.url)
    live(log)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert same(watcher.rows["t1"], Table(redis_client).board().rows[0])
    assert "result" not in watcher.rows["t1"]


def test_a_watcher_of_one_task_is_told_its_details(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    log.append(events.sent("t1", "trial.count", "celery"))
    watcher = watch(web.url, "task:t1")
    live(log, steps=3)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    row = Table(redis_client).row("t1")
    assert row
    assert same(watcher.rows["t1"], row)
    assert watcher.rows["t1"]["result"] == {"n": 1}


def test_a_room_gets_at_most_20_frames_a_second_and_the_end_at_once(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    began = time.monotonic()
    live(log, steps=400, pause_s=0.002)
    took = time.monotonic() - began
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert 3 <= len(watcher.frames) <= took * 20 + 4  # the first and the final ones do not wait


def test_frames_carry_only_what_changed(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    live(log, steps=50)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    last = watcher.frames[-2]["rows"][0]
    assert "name" not in last
    assert {"task_id", "offset", "current", "note"} <= set(last)


def test_each_frame_continues_the_one_before(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    live(log, steps=200, pause_s=0.002)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert [frame["prev"] for frame in watcher.frames[1:]] == [frame["offset"] for frame in watcher.frames[:-1]]


def test_counts_come_with_the_frames(web: Service, watch: Watch, log: Log, redis_client: redis.Redis) -> None:
    watcher = watch(web.url)
    live(log, steps=3)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert [frame["counts"] for frame in watcher.frames if "counts" in frame][-1] == Table(redis_client).counts()


@pytest.mark.parametrize("number", [signal_number for signal_number in ("kill", "stop")])
def test_a_web_process_that_dies_in_the_middle_costs_nothing(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis, number: str
) -> None:
    watcher = watch(web.url)
    task = threading.Thread(target=live, args=(log, "t1", 200, 0.02))
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
    live(log)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")
    assert same(watcher.rows["t1"], Table(redis_client).board().rows[0])


def test_a_flushed_redis_is_noticed_and_the_task_comes_back(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    watcher = watch(web.url)
    live(log, "old", steps=2)
    wait_until(lambda: "old" in watcher.rows, 5, "the old task is shown")
    redis_client.flushall()
    wait_until(lambda: not watcher.rows, 5, "the board is empty")
    live(log, "new", steps=2)
    wait_until(lambda: watcher.rows.get("new", {}).get("state") == "SUCCESS", 5, "the new task is shown")


def test_subscribing_while_it_runs_misses_nothing(
    web: Service, watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    task = threading.Thread(target=live, args=(log, "t1", 150, 0.005))
    task.start()
    watchers = [watch(web.url) for _ in range(8)]
    task.join()
    row = Table(redis_client).board().rows[0]
    for watcher in watchers:
        wait_until(lambda watcher=watcher: same(watcher.rows.get("t1", {}), row), 5, "the end is shown")  # type: ignore[misc]

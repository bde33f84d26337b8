"""What a real worker says of itself with its heartbeats."""

import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import celery
import pytest
import redis

from tests.processes import Service, wait_until
from worker import keys
from worker.fleet import Fleet, Row
from worker.vitals import Vitals

StartWorker = Callable[..., Service]


def only(client: redis.Redis) -> Row:
    """The one worker there is."""
    _, workers = Fleet(client).workers()
    return workers[0] if workers else {}


def test_a_worker_tells_its_slots_and_what_runs_in_them(
    start_worker: StartWorker, redis_client: redis.Redis, app: celery.Celery
) -> None:
    began_s = time.time()
    worker = start_worker("-n one@h", "-Q celery,other", "--concurrency=2", "-I", "tests.trial_tasks")
    wait_until(lambda: only(redis_client).get("started_at"), 10, "it knows Redis' clock")
    row = only(redis_client)
    assert (row["name"], row["pid"], row["pool"], row["slots"]) == ("one@h", worker.pid, "prefork", 2)
    assert (row["busy"], row["done"], row["per_minute"], row["standing"]) == (0, 0, None, "online")
    assert set(row["queues"]) == {"celery", "other"}
    assert row["memory"]["main"] > 10_000_000
    assert began_s <= row["started_at"] <= time.time() + 0.1

    task_id = str(app.send_task("trial.count", kwargs={"total": 30, "pause_s": 0.1}).id)
    wait_until(lambda: only(redis_client)["busy"] == 1, 10, "it runs")
    told = only(redis_client)["running"][0]
    assert (told["task_id"], told["name"]) == (task_id, "trial.count")
    assert told["since"] == pytest.approx(time.time(), abs=4)
    wait_until(lambda: only(redis_client)["done"] == 1, 15, "it is done")
    assert (only(redis_client)["busy"], only(redis_client)["running"]) == (0, [])


def test_what_runs_is_told_the_same_with_each_heartbeat(
    start_worker: StartWorker, redis_client: redis.Redis, app: celery.Celery
) -> None:
    start_worker("-n one@h", "--concurrency=1", "-I", "tests.trial_tasks")
    wait_until(lambda: only(redis_client).get("started_at"), 10, "it knows Redis' clock")
    app.send_task("trial.count", kwargs={"total": 80, "pause_s": 0.1})
    wait_until(lambda: only(redis_client)["busy"] == 1, 10, "it runs")
    first = only(redis_client)["running"], seen(redis_client)
    wait_until(lambda: seen(redis_client) > first[1] + 3, 10, "it has beaten again")
    assert only(redis_client)["running"] == first[0]


def test_a_clock_that_is_set_moves_no_task_that_runs() -> None:
    request = SimpleNamespace(time_start=time.time())
    vitals = Vitals(SimpleNamespace(pool=None))
    vitals.hear(time.time() + 100)
    told = vitals.since(request)
    assert told == pytest.approx(time.time() + 100, abs=1), "void: it is not told by Redis' clock"
    vitals.hear(time.time() + 103)
    assert vitals.since(request) == told


def seen(client: redis.Redis) -> float:
    pairs: list[Any] = client.zrange(keys.WORKERS_SEEN, 0, -1, withscores=True)
    return float(pairs[0][1])


def test_a_pool_without_processes_is_told_too(start_worker: StartWorker, redis_client: redis.Redis) -> None:
    start_worker("-n one@h", "--pool=threads", "--concurrency=3")
    wait_until(lambda: only(redis_client), 10, "it is heard of")
    row = only(redis_client)
    assert (row["pool"], row["slots"], row["memory"]["pool"]) == ("thread", 3, 0)


def test_a_worker_that_ends_in_order_says_so(start_worker: StartWorker, redis_client: redis.Redis) -> None:
    worker = start_worker("-n one@h", "--concurrency=1")
    wait_until(lambda: only(redis_client).get("standing") == "online", 10, "it is heard of")
    worker.stop()
    assert only(redis_client)["standing"] == "stopped"


def test_the_dead_are_forgotten_and_never_too_many(start_worker: StartWorker, redis_client: redis.Redis) -> None:
    old = {f"old{number}": 1_000.0 for number in range(150)}
    redis_client.hset(keys.WORKERS, mapping={name: json.dumps({}) for name in old})
    redis_client.zadd(keys.WORKERS_SEEN, old)
    start_worker("-n one@h", "--concurrency=1")
    wait_until(lambda: redis_client.hlen(keys.WORKERS) == 1, 15, "all others are forgotten")
    assert redis_client.zcard(keys.WORKERS_SEEN) == 1
    assert 0 < redis_client.ttl(keys.WORKERS) <= 600

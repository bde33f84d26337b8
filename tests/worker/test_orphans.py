"""Which workers are taken for dead: those that are, and not those that only could not say that they live."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from tests.worker.test_unacked import RAW
from worker import keys, orphans, states
from worker.broker import WorkerConnection
from worker.events import Event
from worker.store import Row, Table
from worker.stream import Log, connect
from worker.unacked import Unacked

LONGER_THAN_SILENCE_S = 9
DEAD = "dead@h|1"


def test_after_an_outage_of_redis_no_worker_takes_another_for_dead(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    runs = [tmp_path / "runs-1", tmp_path / "runs-2"]
    with RedisServer.start(tmp_path / "own-redis") as server:
        for name in ("first", "second"):
            arguments = ("-I", "tests.trial_tasks", "-n", f"{name}@%h", "--concurrency=1")
            services.append(new_worker(tmp_path / f"{name}.log", *arguments, **service_env | {"REDIS_URL": server.url}))
            services[-1].start()
        app = celery.Celery(broker=server.url)
        task_ids = [str(app.send_task("trial.hold", (str(path), 20)).id) for path in runs]
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            table = Table(client)

            def rows() -> list[Row]:
                return [table.row(one) or {} for one in task_ids]

            wait_until(lambda: all(row.get("note") == "first run" for row in rows()), 10, "they run")
            time.sleep(3)  # a heartbeat says so
            server.stop()
            time.sleep(LONGER_THAN_SILENCE_S)
            server.restart()
            wait_until(lambda: all(states.is_final(row["state"]) for row in rows()), 30, "they end")
            assert [row["attempt"] for row in rows()] == [1, 1]
        for service in services:
            service.stop()
            assert "Connection to broker lost" in service.log(), "void: Celery had nothing to say"
            assert "we introduced an optional breaking change" not in service.log()
    assert [path.read_text() for path in runs] == ["run\n", "run\n"]


def test_a_heartbeat_does_not_wait_for_the_care_of_a_dead_worker(redis_url: str, redis_client: redis.Redis) -> None:
    redis_client.zadd(keys.BEATS, {"dead|1": 1.0})
    caretaker = orphans.Caretaker(connect(redis_url, 5.0), celery.Celery(broker=redis_url, set_as_current=True))
    redis_client.client_pause(1_500, all=False)
    began = time.monotonic()
    caretaker.look_after(["dead|1"])
    assert time.monotonic() - began < 0.5
    assert redis_client.zcard(keys.BEATS) == 1, "void: it is taken care of already"
    wait_until(lambda: redis_client.zcard(keys.BEATS) == 0, 10, "it is taken care of")


@pytest.fixture
def dead_worker(redis_url: str, redis_client: redis.Redis) -> Iterator[Callable[[], None]]:
    """Say of a worker that has died what it held: one message, whose task ran. Then somebody takes care of it."""
    Log(redis_client).append(Event("task-started", "task-1", "STARTED", "run-1", fields={"worker": "dead@h"}))
    app = celery.Celery(broker=redis_url, set_as_current=True)
    with WorkerConnection(redis_url) as connection:
        Unacked(connection.default_channel).take("tag-1", RAW, "", "celery", DEAD)

    def look_after() -> None:
        redis_client.hset(keys.held(DEAD), "tag-1", json.dumps(["task-1", True, True]))
        redis_client.zadd(keys.BEATS, {DEAD: 1.0})
        redis_client.delete(keys.adopted(DEAD))
        orphans.adopt(redis_client, app, DEAD)

    yield look_after
    app.close()


def test_who_dies_over_the_care_for_a_dead_worker_makes_no_task_a_lost_one(
    dead_worker: Callable[[], None], redis_client: redis.Redis
) -> None:
    dead_worker()
    assert (Table(redis_client).row("task-1") or {})["state"] == "RETRY", "it is told before anything is forgotten"
    dead_worker()  # as if the first one had not come to forget it
    assert (Table(redis_client).row("task-1") or {})["state"] == "RETRY"
    assert redis_client.llen("celery") == 1 and not redis_client.exists("unacked", keys.held(DEAD))

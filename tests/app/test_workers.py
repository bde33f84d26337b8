"""Workers and queues as the web tells of them: over HTTP, in the room, and where something is not known."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import socketio

from tests.asking import ask
from tests.beats import beat
from tests.processes import Service, wait_until
from worker import events, keys
from worker.stream import Log


def get(web: Service, what: str) -> list[dict[str, Any]]:
    status, _, text = ask(web, f"/api/{what}")
    assert status == 200, text
    found: list[dict[str, Any]] = json.loads(text)[what]
    return found


class Listener:
    """Hears the room, and puts the frames together as docs/protocol.md says."""

    def __init__(self, url: str) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        self.client = socketio.Client()
        self.client.on("frame", self._hear)
        self.client.connect(url, transports=["websocket"])
        self.answer: dict[str, Any] = self.client.call("subscribe", {"room": "workers"}, timeout=5)
        self.rows = {row["id"]: row for row in self.answer["rows"]}

    def _hear(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        for row in frame["rows"]:
            if row.get("gone"):
                self.rows.pop(row["id"], None)
            else:
                self.rows[row["id"]] = self.rows.get(row["id"], {}) | row


@pytest.fixture
def listen() -> Any:
    listeners: list[Listener] = []

    def start(url: str) -> Listener:
        listeners.append(Listener(url))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.client.disconnect()


Listen = Callable[[str], Listener]


def test_a_worker_lives_until_it_has_been_silent_for_8_seconds(web: Service, redis_client: redis.Redis) -> None:
    beat(redis_client, "celery@a|1")
    beat(redis_client, "celery@b|2", ago_s=41, name="celery@b")
    beat(redis_client, "celery@c|3", ago_s=30, name="celery@c", stopped=True)
    beat(redis_client, "celery@d|4", ago_s=700, name="celery@d")
    found = {row["name"]: row for row in get(web, "workers")}
    assert {name: row["standing"] for name, row in found.items()} == {
        **{"celery@a": "online", "celery@b": "offline", "celery@c": "stopped"}
    }
    assert found["celery@a"]["gone_since"] is None
    assert found["celery@b"]["gone_since"] == pytest.approx(time.time() - 41, abs=2)


def test_what_is_not_known_is_null_and_never_0(web: Service, redis_client: redis.Redis) -> None:
    beat(redis_client, "celery@a|1", slots=None, started_at=None)
    worker = get(web, "workers")[0]
    assert (worker["slots"], worker["started_at"], worker["per_minute"]) == (None, None, None)
    assert worker["memory"] == {"main": 1_000, "pool": None}


def test_a_worker_that_began_anew_takes_its_own_place(web: Service, redis_client: redis.Redis) -> None:
    beat(redis_client, "celery@a|1", ago_s=20)
    beat(redis_client, "celery@a|2")
    assert [row["id"] for row in get(web, "workers")] == ["worker:celery@a|2"]


def test_what_a_dead_worker_ran_is_told_with_what_became_of_it(
    web: Service, log: Log, redis_client: redis.Redis
) -> None:
    log.append(events.sent("t1", "trial.count", "celery"))
    log.append(events.lost("t1", "r1", "its worker died"))
    beat(redis_client, "celery@a|1", ago_s=41)
    assert get(web, "workers")[0]["running"][0]["state"] == "LOST"


@pytest.mark.parametrize("odd", ["", "[]", "{}", '{"running": 3}', "[" * 5_000], ids=lambda text: text[:12])
def test_what_no_worker_wrote_is_left_out(web: Service, redis_client: redis.Redis, odd: str) -> None:
    beat(redis_client, "celery@a|1")
    redis_client.hset(keys.WORKERS, "odd", odd)
    redis_client.zadd(keys.WORKERS_SEEN, {"odd": time.time()})
    assert [row["name"] for row in get(web, "workers")] == ["celery@a"]


def test_a_queue_has_the_messages_of_all_priorities_and_the_age_of_the_next(
    web: Service, log: Log, redis_client: redis.Redis
) -> None:
    log.append(events.sent("t1", "trial.count", "slow"))
    redis_client.lpush("slow", json.dumps({"body": "", "headers": {"id": "t1"}}))
    assert get(web, "queues")[0]["next_sent_at"] == pytest.approx(time.time(), abs=5)
    redis_client.lpush("slow\x06\x163", "no JSON", "neither")
    time.sleep(1)  # for so long one picture is good
    queue = get(web, "queues")[0]
    assert (queue["name"], queue["waiting"], queue["workers"]) == ("slow", 3, 0)
    assert queue["next_sent_at"] is None, "which of them is the oldest is not known"


def test_of_another_broker_than_redis_the_depth_is_unknown(
    start_web: Callable[..., Service], redis_client: redis.Redis
) -> None:
    web = start_web(CELERY_BROKER_URL="amqp://nobody@127.0.0.1:1//")
    beat(redis_client, "celery@a|1")
    assert get(web, "queues")[0]["waiting"] is None


def test_a_watcher_is_told_what_changed_and_at_most_once_a_second(
    web: Service, listen: Listen, redis_client: redis.Redis
) -> None:
    beat(redis_client, "celery@a|1")
    heard = listen(web.url)
    assert heard.rows["worker:celery@a|1"]["busy"] == 1
    began = time.monotonic()
    for busy in range(40):
        beat(redis_client, "celery@a|1", busy=busy)
        time.sleep(0.05)
    wait_until(lambda: heard.rows["worker:celery@a|1"]["busy"] == 39, 5, "the newest is told")
    assert 1 <= len(heard.frames) <= time.monotonic() - began + 1.5
    assert set(heard.frames[-1]["rows"][0]) == {"id", "offset", "busy"}
    for one, next_one in zip(heard.frames, heard.frames[1:], strict=False):
        assert next_one["prev"] == one["offset"]


def test_a_watcher_is_told_that_a_worker_has_fallen_silent_and_that_it_is_gone(
    web: Service, listen: Listen, redis_client: redis.Redis
) -> None:
    beat(redis_client, "celery@a|1", ago_s=6)
    heard = listen(web.url)
    assert heard.rows["worker:celery@a|1"]["standing"] == "online", "void: it is silent already"
    wait_until(lambda: heard.rows["worker:celery@a|1"]["standing"] == "offline", 5, "it is told offline")
    beat(redis_client, "celery@a|1", ago_s=601)
    wait_until(lambda: "worker:celery@a|1" not in heard.rows, 5, "it is told gone")


def test_what_nobody_watches_is_looked_at_for_alarms_alone_and_by_one_web(
    web: Service, start_web: Callable[..., Service], redis_client: redis.Redis
) -> None:
    start_web()

    def reads() -> int:
        told: dict[str, Any] = redis_client.info("commandstats")
        return int(told.get("cmdstat_hscan", {}).get("calls", 0))

    beat(redis_client, "celery@a|1")
    get(web, "workers")
    before = reads()
    time.sleep(5)
    assert reads() - before <= 3  # every two seconds

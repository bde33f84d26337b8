"""Statistics as the web tells of them: over HTTP, and in the rooms `statistics` and `outlooks`."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import socketio

from app.outlooks_room import places
from tests.asking import ask
from tests.beats import beat
from tests.processes import Service, wait_until
from tests.worker.told import sent, started, succeeded
from worker import events, keys, states
from worker.events import Event
from worker.stream import Log

Rows = dict[str, dict[str, Any]]


class Listener:
    """Hears a room, and puts its frames together as docs/protocol.md says."""

    def __init__(self, url: str, room: str) -> None:
        self.rows: Rows = {}
        self.frames: list[dict[str, Any]] = []
        self.heard_at: list[float] = []
        self.client = socketio.Client()
        self.client.on("frame", self._hear)
        self.client.connect(url, transports=["websocket"])
        self.answer: dict[str, Any] = self.client.call("subscribe", {"room": room}, timeout=5)
        self.rows = {row["id"]: row for row in self.answer["rows"]}

    def _hear(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        self.heard_at.append(time.monotonic())
        for row in frame["rows"]:
            if row.get("gone"):
                self.rows.pop(row["id"], None)
            else:
                self.rows[row["id"]] = self.rows.get(row["id"], {}) | row

    def total(self, what: str) -> int:
        return sum(row[what] for row in self.rows.values() if row["kind"] == "slot" and row["length"] == 600)


@pytest.fixture
def listen(web: Service) -> Any:
    listeners: list[Listener] = []

    def start(room: str = "statistics") -> Listener:
        listeners.append(Listener(web.url, room))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.client.disconnect()


Listen = Callable[..., Listener]


def statistics(web: Service) -> dict[str, Any]:
    status, _, text = ask(web, "/api/statistics")
    assert status == 200, text
    told: dict[str, Any] = json.loads(text)
    return told


def run(log: Log, redis_client: redis.Redis, task_id: str, took_s: float) -> None:
    for event in (sent(task_id), started(task_id)):
        log.append(event)
    redis_client.hset(keys.row(task_id), "started_at", f"{time.time() - took_s:.6f}")
    log.append(succeeded(task_id))


def test_before_the_first_task_all_is_unknown_and_not_0(web: Service) -> None:
    told = statistics(web)
    assert (told["since"], told["names"]) == (None, [])
    assert [(span["slot_s"], len(span["slots"])) for span in told["spans"]] == [(10, 90), (600, 144)]
    assert {slot["failed"] for span in told["spans"] for slot in span["slots"]} == {None}


def test_what_was_before_counting_began_is_unknown_and_a_quiet_slot_is_0(
    web: Service, log: Log, redis_client: redis.Redis
) -> None:
    log.append(started())
    redis_client.set(f"{keys.STATISTICS}since", int(time.time()) - 60)
    minutes = statistics(web)["spans"][0]["slots"]
    assert [slot["failed"] for slot in minutes[:80]] == [None] * 80
    assert [slot["failed"] for slot in minutes[-6:]] == [0] * 6
    assert sum(slot["started"] or 0 for slot in minutes) == 1


def test_run_times_are_told_by_name(web: Service, log: Log, redis_client: redis.Redis) -> None:
    for number, took_s in enumerate([1, 2, 2, 2, 40]):
        run(log, redis_client, f"t{number}", took_s)
    [name] = statistics(web)["names"]
    assert (name["name"], name["runs"]) == ("trial.count", 5)
    assert name["median"] == pytest.approx(2, rel=0.2)
    assert name["p95"] == pytest.approx(40, rel=0.2)
    assert sum(runs for *_, runs in name["bars"]) == 5


def test_the_room_is_told_once_a_second_what_has_changed(log: Log, listen: Listen) -> None:
    listener = listen()
    assert [row["id"] for row in listener.answer["rows"]] == ["since"], "void: something was counted already"
    for number in range(30):
        log.append(started(f"t{number}"))
        time.sleep(0.1)
    wait_until(lambda: listener.total("started") == 30, 5, "all are told of")
    assert 2 <= len(listener.frames) <= 6
    assert all(later - earlier > 0.7 for earlier, later in zip(listener.heard_at, listener.heard_at[1:], strict=False))
    assert all(frame["room"] == "statistics" and frame["now"] for frame in listener.frames)


def test_a_room_that_nobody_watches_asks_redis_nothing(log: Log, listen: Listen, redis_client: redis.Redis) -> None:
    def slots_read() -> int:
        return int(redis_client.info("commandstats").get("cmdstat_zrevrange", {}).get("calls", 0))

    listener = listen()
    before = slots_read()
    wait_until(lambda: slots_read() > before, 5, "it is looked at")
    listener.client.disconnect()
    time.sleep(1.2)
    quiet = slots_read()
    time.sleep(2.5)
    assert slots_read() == quiet


def test_the_line_is_told_in_the_order_of_coming(log: Log, listen: Listen, redis_client: redis.Redis) -> None:
    for number in range(3):
        run(log, redis_client, f"past{number}", 10)
    beat(redis_client, "celery@a|1", slots=1, busy=0, running=[])
    for task_id in ("a", "b"):
        log.append(sent(task_id))
    log.append(events.sent("later", "trial.count", "celery", eta=time.time() + 100))
    listener = listen("outlooks")
    line = listener.rows["line:celery"]
    assert line["waiting"] == 2
    heard = [str(int(float(str(redis_client.zscore(keys.SENT, it))))) for it in ("a", "b")]
    assert [place[0] for place in line["first"]] == heard
    log.append(Event("task-started", "a", states.STARTED, "r", stamp="started_at"))
    wait_until(lambda: listener.rows["line:celery"]["waiting"] == 1, 5, "one has begun")
    assert [place[0] for place in listener.rows["line:celery"]["first"]] == heard[1:]
    assert listener.rows["times:trial.count"]["runs"] == 3


def test_with_priorities_the_place_is_unknown(log: Log, listen: Listen, redis_client: redis.Redis) -> None:
    log.append(sent("a"))
    redis_client.lpush("celery\x06\x163", "{}")
    assert listen("outlooks").rows["line:celery"] == {
        **{"id": "line:celery", "kind": "line", "name": "celery", "waiting": 1, "takers": 0, "first": None},
        "offset": listen("outlooks").answer["offset"],
    }


TAKER = {"slots": 2, "busy": 2, "queues": ["q"], "running": [{"name": "n"}, {"name": "n"}]}


def test_a_start_is_a_range_that_past_runs_and_slots_give() -> None:
    told = places([("1", "n"), ("2", "n"), ("3", "n")], [TAKER], {"n": (10.0, 20.0)})
    assert told == [["1", 0.0, 20.0], ["2", 0.0, 30.0], ["3", 5.0, 40.0]]
    assert places([("1", "n")], [TAKER | {"busy": 0, "running": []}], {}) == [["1", 0.0, 0.0]]


@pytest.mark.parametrize(
    "odd",
    [{"slots": None}, {"queues": ["q", "other"]}, {"busy": 3}, {"running": [{"name": "n"}, {"name": "new"}]}],
    ids=str,
)
def test_without_ground_no_start_is_told(odd: dict[str, Any]) -> None:
    assert places([("1", "n")], [TAKER], {"n": (10.0, 20.0)})[0][1] is not None, "void: there is no ground anyway"
    assert places([("1", "n")], [TAKER | odd], {"n": (10.0, 20.0)}) == [["1", None, None]]


def test_behind_a_task_that_never_ran_no_start_is_told() -> None:
    told = places([("1", "new"), ("2", "n")], [TAKER], {"n": (1.0, 2.0)})
    assert told == [["1", 0.0, 2.0], ["2", None, None]]

"""The outbox on a real Redis: an event that can never be appended holds up nothing, and is counted."""

import redis

from tests.processes import wait_until
from tests.worker.told import started, succeeded
from worker import keys
from worker.events import Event
from worker.outbox import Outbox
from worker.store import Table
from worker.stream import Log


class NoText:
    """What no Redis client can send."""


def come_round(outbox: Outbox) -> None:
    """Until its thread has the answer to what it counted: the client is closed when the test ends."""
    outbox.put(started("last"))
    assert outbox.flush(30)


def test_an_event_that_cannot_be_sent_is_dropped_and_counted(log: Log) -> None:
    outbox = Outbox(lambda: log)
    outbox.put(Event("task-started", "t1", "STARTED", run=NoText()))  # type: ignore[arg-type]
    outbox.put(started("t2"))
    outbox.put(succeeded("t2"))
    assert outbox.flush(30), "what follows it is appended"
    assert (Table(log.client).row("t2") or {})["state"] == "SUCCESS"
    wait_until(lambda: log.client.hget(keys.HEALED, "dropped_events") == "1", 20, "it is counted")
    come_round(outbox)


def test_events_that_find_no_room_are_counted(log: Log, redis_url: str) -> None:
    refuses: list[redis.RedisError] = [redis.ConnectionError("away")]

    def open_log() -> Log:
        if refuses:
            raise refuses[0]
        return log

    outbox = Outbox(open_log)
    for number in range(10_003):
        outbox.put(started(f"t{number}"))
    refuses.clear()
    wait_until(lambda: log.client.hget(keys.HEALED, "dropped_events") == "3", 30, "they are counted")
    come_round(outbox)
    assert Table(log.client).row("t2") is None
    assert Table(log.client).row("t3") is not None

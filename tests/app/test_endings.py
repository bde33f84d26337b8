"""Each bad end is told once, wherever this process and the others stand in the log."""

import pytest
import redis
from flask import Flask
from flask_socketio import SocketIO

from app import endings
from app.endings import Endings
from app.relay import Relay
from tests.alarming import fail
from worker.store import Table
from worker.stream import Log


@pytest.fixture
def relay(redis_client: redis.Redis, log: Log) -> Relay:
    """It is told how far it has read."""
    socketio = SocketIO(Flask("t"), async_mode="threading")
    made = Relay(socketio, lambda: log, lambda: Table(redis_client))
    made.live, (_, made.offset) = True, log.open()
    return made


@pytest.fixture
def ends(relay: Relay, log: Log) -> Endings:
    return Endings(relay, lambda: log)


def read_on(relay: Relay, log: Log) -> str:
    """The relay reads all that there is, and says how far that is."""
    for entry in log.read_after(relay.offset, most=1_000):
        relay._take_in(entry)
    return relay.offset


def told(ends: Endings, after: str) -> tuple[str, list[str]]:
    until, changes = ends.since(after)
    return until, [change["task_id"] for change in changes]


def test_one_that_is_behind_what_another_has_counted_waits_until_it_is_there(
    relay: Relay, ends: Endings, log: Log
) -> None:
    assert told(ends, relay.offset) == (relay.offset, [])
    fail(log, "t1", "t2")
    _, counted = log.open()
    assert told(ends, counted) == ("", []), "it would go back, and count again"
    fail(log, "t3")
    assert told(ends, counted) == ("", [])
    assert told(ends, counted if read_on(relay, log) else "") == (relay.offset, ["t3"])


def test_if_the_log_has_lost_what_was_counted_it_begins_where_the_log_is(relay: Relay, ends: Endings) -> None:
    assert told(ends, "9" * 16) == (relay.offset, [])


def test_at_the_very_first_time_nothing_of_the_past_is_told_and_later_all_of_a_new_log(
    relay: Relay, ends: Endings, log: Log
) -> None:
    fail(log, "t1")
    at = read_on(relay, log)
    assert told(ends, "") == (at, [])
    ends.forget(at)
    log.client.flushall()
    fail(log, "t2")
    relay.healed.resets, (_, relay.offset) = relay.healed.resets + 1, log.open()
    assert told(ends, "") == (relay.offset, ["t2"])


def test_more_than_one_look_can_read_is_read_by_the_next_ones(
    relay: Relay, ends: Endings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "MOST_READS", 1)
    after, found = relay.offset, list[str]()
    monkeypatch.setattr(Log.read_after, "__defaults__", (None, 2))
    fail(log, *(f"t{number}" for number in range(5)))
    read_on(relay, log)
    looks = 0
    while after != relay.offset:
        after, some = told(ends, after)
        ends.forget(after)
        found, looks = found + some, looks + 1
    assert found == [f"t{number}" for number in range(5)] and looks > 5

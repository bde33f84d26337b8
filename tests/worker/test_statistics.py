"""What is counted on a real Redis: once, in the right slot, bounded in number and in age."""

import time
from collections import Counter

import pytest
import redis

from tests.processes import wait_until
from tests.worker.told import progressed, sent, started, succeeded
from worker import events, keys, states
from worker.events import Event
from worker.statistics import RunTimes, Statistics, bounds_s, shape
from worker.store import Table
from worker.stream import Limits, Log


@pytest.fixture
def statistics(redis_client: redis.Redis) -> Statistics:
    return Statistics(redis_client)


def counts(statistics: Statistics, length: int = 600) -> dict[str, int]:
    """All slots of one length together."""
    total: Counter[str] = Counter()
    for slot in statistics.read().slots:
        total.update(slot.counts if slot.length == length else {})
    return dict(total)


def failed(task_id: str, run: str = "r1") -> Event:
    return events.ended("failed", task_id, states.FAILURE, run, 1, error="ValueError: no")


def run_of(name: str, task_id: str, log: Log) -> None:
    for event in (events.sent(task_id, name, "celery"), started(task_id), succeeded(task_id)):
        log.append(event)


def age(client: redis.Redis, task_id: str, seconds: float) -> None:
    """Let a task have begun so long ago."""
    client.hset(keys.row(task_id), "started_at", f"{time.time() - seconds:.6f}")


def test_before_the_first_task_nothing_is_known(statistics: Statistics) -> None:
    counted = statistics.read()
    assert (counted.since, counted.slots, counted.times) == (None, [], {})


@pytest.mark.parametrize("length", [10, 600])
def test_each_thing_that_happens_counts_in_its_slot(log: Log, statistics: Statistics, length: int) -> None:
    retry = Event("task-retried", "t4", states.RETRY, "r1", 1)
    lost, revoked = events.lost("t3", "r1", "died"), events.withdrawn("t5")
    for task in ("t1", "t2", "t3", "t4"):
        log.append(sent(task))
        log.append(started(task))
    for event in (succeeded("t1"), failed("t2"), lost, retry, sent("t5"), revoked):
        assert log.append(event).verdict == "appended", event
    told = {"started": 4, "succeeded": 1, "failed": 1, "lost": 1, "retried": 1, "revoked": 1}
    assert counts(statistics, length) == told
    slot = statistics.read().slots[0]
    assert slot.at % slot.length == 0
    assert abs(slot.at + slot.length / 2 - time.time()) <= slot.length


def test_what_is_told_twice_or_refused_counts_once(log: Log, statistics: Statistics) -> None:
    for event in (sent(), sent(), started(), started(), progressed(1), succeeded(), succeeded(), failed("t1")):
        log.append(event)
    assert log.append(progressed(5)).verdict == "ended"  # void: it was not refused
    assert counts(statistics) == {"started": 1, "succeeded": 1}
    assert statistics.read().times["trial.count"].runs == 1


def test_a_superseded_run_counts_no_end(log: Log, statistics: Statistics) -> None:
    for event in (started(run="r1"), started(run="r2")):
        log.append(event)
    assert log.append(succeeded(run="r1")).verdict == "superseded"
    assert counts(statistics) == {"started": 2}


def test_time_goes_on_into_the_next_slot(log: Log, statistics: Statistics) -> None:
    log.append(started("a"))
    (first,) = (slot for slot in statistics.read().slots if slot.length == 10)
    wait_until(lambda: time.time() >= first.at + 10, 12, "the next slot has begun")
    log.append(started("b"))
    slots = [slot for slot in statistics.read().slots if slot.length == 10]
    assert [slot.counts for slot in slots] == [{"started": 1}, {"started": 1}]
    assert slots[1].at - slots[0].at == 10


def test_slots_expire_by_themselves(log: Log, redis_client: redis.Redis) -> None:
    log.append(started())
    kept = {str(key).split(":")[-2]: redis_client.ttl(key) for key in redis_client.keys(f"{keys.STATISTICS}*0:*")}
    assert set(kept) == {"10", "600"}, "void: there are no slots"
    assert 900 < int(kept["10"]) <= 920
    assert 86_400 < int(kept["600"]) <= 87_600


def test_run_times_are_those_of_redis_clock(log: Log, statistics: Statistics, redis_client: redis.Redis) -> None:
    for number, seconds in enumerate([1, 2, 2, 2, 30]):
        log.append(sent(f"t{number}"))
        log.append(started(f"t{number}"))
        age(redis_client, f"t{number}", seconds)
        log.append(succeeded(f"t{number}"))
    times = statistics.read().times["trial.count"]
    assert times.runs == 5
    assert times.quantile(0.5) == pytest.approx(2, rel=0.2)
    assert times.quantile(0.95) == pytest.approx(30, rel=0.2)


def test_only_runs_that_succeeded_have_a_time(log: Log, statistics: Statistics) -> None:
    for event in (sent(), started(), failed("t1")):
        log.append(event)
    assert statistics.read().times == {}


def test_of_too_many_names_those_stay_that_ran_last(
    log: Log, statistics: Statistics, redis_client: redis.Redis
) -> None:
    for number in range(200):
        run_of(f"name.{number}", f"t{number}", log)
        redis_client.zadd(f"{keys.STATISTICS}names", {f'"name.{number}"': number + 1})
    run_of("name.0", "again", log)
    assert len(statistics.read().times) == 200, "void: there are not too many yet"
    run_of("one.more", "more", log)
    times = statistics.read().times
    assert len(times) == 200
    assert "name.1" not in times
    assert {"name.0", "one.more"} <= set(times)
    assert redis_client.keys(f'{keys.STATISTICS}times:"name.1"*') == []


def test_a_name_of_any_kind_is_a_name(log: Log, statistics: Statistics) -> None:
    odd = 'a":before "\u202e ü ' + "x" * 400
    run_of(odd, "t1", log)
    assert [name[:200] for name in statistics.read().times] == [odd[:200]]


def test_older_runs_fade(log: Log, statistics: Statistics, redis_client: redis.Redis) -> None:
    times_key = f'{keys.STATISTICS}times:"trial.count"'
    run_of("trial.count", "t0", log)
    redis_client.hset(times_key, mapping={"runs": 500, "60": 499})
    run_of("trial.count", "t1", log)
    assert statistics.read().times["trial.count"].runs == 501, "the older ones still count"
    redis_client.hset(times_key, "runs", 500)
    run_of("trial.count", "t2", log)
    assert statistics.read().times["trial.count"].runs == 2
    assert 0 < int(redis_client.ttl(times_key)) <= 14 * 86_400


def test_runs_of_a_week_ago_begin_to_fade(log: Log, statistics: Statistics, redis_client: redis.Redis) -> None:
    times_key = f'{keys.STATISTICS}times:"trial.count"'
    run_of("trial.count", "t0", log)
    redis_client.hset(times_key, "begun", int(time.time()) - 8 * 86_400)
    run_of("trial.count", "t1", log)
    assert redis_client.exists(f"{times_key}:before")
    assert statistics.read().times["trial.count"].runs == 2


def test_a_quantile_lies_within_its_bucket() -> None:
    times = RunTimes("n", {0: 1, 9: 2, 40: 1})
    low, high = bounds_s(9)
    assert (low, high) == (pytest.approx(0.004), pytest.approx(0.004757, rel=1e-3))
    assert low <= times.quantile(0.5) <= high
    assert bounds_s(40)[0] <= times.quantile(0.99) <= bounds_s(40)[1]
    assert sum(runs for *_, runs in shape(times)) == 4
    assert len(shape(RunTimes("n", {0: 1, 120: 1}))) <= 24


def test_who_waits_is_in_line_until_it_begins(log: Log, redis_client: redis.Redis) -> None:
    for task in ("a", "b", "c"):
        log.append(sent(task))
    log.append(events.sent("later", "trial.count", "celery", eta=time.time() + 60))
    line = f'{keys.WAITING}"celery"'
    assert redis_client.zrange(line, 0, -1) == ["a", "b", "c"]
    log.append(Event("task-received", "a", states.RECEIVED, stamp="received_at"))
    assert redis_client.zrange(line, 0, -1) == ["a", "b", "c"], "fetched, and not begun"
    log.append(started("a"))
    log.append(events.withdrawn("b"))
    assert redis_client.zrange(line, 0, -1) == ["c"]


def test_a_row_that_expires_leaves_the_line(redis_client: redis.Redis) -> None:
    log = Log(redis_client, Limits(tasks=2))
    for task in "abcd":
        log.append(sent(task))
    assert redis_client.zrange(f'{keys.WAITING}"celery"', 0, -1) == redis_client.zrange(keys.SENT, 0, -1)


def test_reports_are_counted_for_each_attempt(log: Log, redis_client: redis.Redis) -> None:
    for event in (started(), progressed(1), progressed(1), progressed(2)):
        log.append(event)
    row = Table(redis_client).row("t1")
    assert row is not None
    assert row["reports"] == 3
    log.append(started(run="r2"))
    log.append(progressed(1, run="r2", attempt=2))
    row = Table(redis_client).row("t1")
    assert row is not None
    assert row["reports"] == 1

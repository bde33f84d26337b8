"""Who may acknowledge and put back a message that was taken from the broker, and for how long it is kept."""

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import redis

from worker import deliveries, keys, orphans
from worker.broker import WorkerConnection
from worker.unacked import Unacked

QUEUE = "celery"
TAG = "tag-1"
RAW: dict[str, Any] = {
    "body": "",
    "headers": {"id": "task-1"},
    "properties": {"delivery_tag": TAG, "delivery_info": {"exchange": "", "routing_key": QUEUE}, "priority": 0},
}


@pytest.fixture
def channel(redis_url: str) -> Iterator[Any]:
    """A worker's channel to the broker."""
    with WorkerConnection(redis_url) as connection:
        yield connection.default_channel


@pytest.fixture
def unacked(channel: Any) -> Unacked:
    return Unacked(channel)


def test_a_late_acknowledgement_leaves_the_new_owner_its_message(unacked: Unacked, redis_client: "redis.Redis") -> None:
    unacked.take(TAG, RAW, "", QUEUE, "frozen")
    assert unacked.put_back(TAG, "frozen")
    assert redis_client.llen(QUEUE) == 1 and redis_client.hlen("unacked") == 0
    unacked.take(TAG, RAW, "", QUEUE, "heir")
    assert not unacked.acknowledge(TAG, "frozen")
    assert not unacked.put_back(TAG, "frozen")
    assert redis_client.hlen("unacked") == 1, "the heir has it still"
    assert unacked.acknowledge(TAG, "heir")
    assert redis_client.hlen("unacked") == redis_client.zcard("unacked_index") == redis_client.hlen(keys.OWNERS) == 0


def test_what_a_dead_worker_took_is_found_whole(unacked: Unacked) -> None:
    for number in range(3):
        unacked.take(f"{TAG}{number}", RAW, "", QUEUE, "dead" if number else "alive")
    assert sorted(unacked.owned_by("dead")) == [f"{TAG}1", f"{TAG}2"]
    assert unacked.task_id(f"{TAG}1") == "task-1"


def test_a_message_goes_back_marked_as_delivered_before(unacked: Unacked, redis_client: "redis.Redis") -> None:
    unacked.take(TAG, RAW, "", QUEUE, "dead")
    assert unacked.put_back(TAG, "dead")
    back = json.loads(str(redis_client.lindex(QUEUE, 0)))
    assert back["headers"]["redelivered"] and back["properties"]["delivery_info"]["redelivered"]


def test_a_living_worker_says_that_it_still_has_a_message(unacked: Unacked, redis_client: "redis.Redis") -> None:
    unacked.take(TAG, RAW, "", QUEUE, "alive")
    redis_client.zadd("unacked_index", {TAG: 1})
    unacked.refresh([TAG, "long done"])
    assert (redis_client.zscore("unacked_index", TAG) or 0) > time.time() - 10
    assert redis_client.zcard("unacked_index") == 1


def _look(channel: Any) -> None:
    """As kombu does every 100 s: what was taken an hour ago is to go back."""
    channel.qos._vrestore_count = 0
    channel.qos.restore_visible()


def test_what_was_taken_an_hour_ago_goes_back_at_the_second_look(
    channel: Any, unacked: Unacked, redis_client: "redis.Redis"
) -> None:
    unacked.take(TAG, RAW, "", QUEUE, "asleep")
    redis_client.zadd("unacked_index", {TAG: 1})
    _look(channel)
    assert redis_client.llen(QUEUE) == 0, "its worker may have woken up just now"
    _look(channel)
    assert redis_client.llen(QUEUE) == 1


def test_what_nobody_owns_goes_back_after_an_hour(channel: Any, unacked: Unacked, redis_client: "redis.Redis") -> None:
    unacked.take(TAG, RAW, "", QUEUE, "")
    redis_client.zadd("unacked_index", {TAG: 1})
    _look(channel)
    assert redis_client.llen(QUEUE) == 1


def test_a_message_that_redis_did_not_write_down_is_not_lost(channel: Any, redis_client: "redis.Redis") -> None:
    redis_client.set("unacked_index", "of another type: Redis refuses to write it down")
    with pytest.raises(redis.ResponseError):
        channel.qos.append(channel.Message(_task(), channel=channel), TAG)
    try:
        assert deliveries.has_stranded() and not channel.qos.can_consume(), "nothing more is taken meanwhile"
        assert TAG in deliveries.let_go()
    finally:
        deliveries.forget(deliveries.let_go())


def _task() -> dict[str, Any]:
    body = "[[], {}, {}]"
    headers = {"id": "task-1", "task": "trial.count"}
    return RAW | {"body": body, "headers": headers, "content-type": "application/json", "content-encoding": "utf-8"}


def test_what_could_not_be_written_down_as_taken_is_put_back_once(unacked: Unacked, redis_client: redis.Redis) -> None:
    delivery = deliveries.Delivery("first", stranded=(RAW, "", QUEUE))
    orphans._settle(unacked, TAG, delivery)
    assert redis_client.rpop(QUEUE), "void: it was not put back"
    unacked.take(TAG, RAW, "", QUEUE, "second")
    orphans._settle(unacked, TAG, delivery)  # as after an answer that did not arrive
    assert (redis_client.llen(QUEUE), unacked.owner(TAG)) == (0, "second")


def test_an_answer_that_comes_later_is_not_for_who_takes_the_message_next(unacked: Unacked) -> None:
    """The heartbeat finds it let go of, the worker puts it back itself, and takes it once more: all in a moment."""
    for settled in (False, True):
        unacked.take(TAG, RAW, "", QUEUE, "the same")
        delivery = deliveries.Delivery("the same")
        delivery.answer(partial(unacked.put_back, TAG, "the same"))
        unacked.take(TAG, RAW, "", QUEUE, "the same")
        delivery.settled = settled
        delivery.answer(partial(orphans._settle, unacked, TAG, delivery))
        assert unacked.owned_by("the same") == [TAG]


def test_who_answers_while_another_does_waits_and_then_says_nothing() -> None:
    delivery, said = deliveries.Delivery("worker"), list[str]()
    speaks, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        speaks.set()
        assert may_end.wait(10)
        said.append("first")

    threads = [
        threading.Thread(target=delivery.answer, args=(tell,)) for tell in (slowly, lambda: said.append("second"))
    ]
    threads[0].start()
    assert speaks.wait(10)
    threads[1].start()
    assert not said and threads[1].is_alive()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert said == ["first"]


def test_an_answer_that_redis_did_not_hear_is_given_again() -> None:
    delivery, said = deliveries.Delivery("worker"), list[str]()

    def in_vain() -> None:
        raise redis.ConnectionError

    with pytest.raises(redis.ConnectionError):
        delivery.answer(in_vain)
    delivery.answer(lambda: said.append("again"))
    assert said == ["again"]

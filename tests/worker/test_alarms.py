"""Open alarms on Redis: each failure counts once, what has no room is counted too, and mails are due once."""

import pytest
import redis

from worker import keys
from worker.alarms import MORE, MOST_LEFT_OUT, MOST_OPEN, Alarms, Cause, Letters

LETTERS = Letters(("ops@example.com",), 1_000)
FAILED = Cause("failed", "shop.pack", "ValueError", "t1", "ValueError: no paper")


@pytest.fixture
def alarms(redis_client: redis.Redis) -> Alarms:
    return Alarms(redis_client)


def counts(alarms: Alarms) -> dict[str, int]:
    return {row["id"]: row["count"] for row in alarms.open()[1]}


def test_what_has_happened_is_counted_once_whoever_tells_it(alarms: Alarms) -> None:
    assert alarms.happened("", "0000000000000005", {FAILED: 2}, Letters())
    assert not alarms.happened("", "0000000000000005", {FAILED: 2}, Letters()), "the answer was lost: told again"
    assert not alarms.happened("", "0000000000000009", {FAILED: 3}, Letters()), "another web was slower"
    assert counts(alarms) == {FAILED.id: 2} and alarms.looked_at() == "0000000000000005"
    assert alarms.happened("0000000000000005", "0000000000000009", {FAILED: 1}, Letters())
    assert counts(alarms) == {FAILED.id: 3}


def test_what_stands_is_as_often_as_it_was_at_most_however_often_it_is_told(alarms: Alarms) -> None:
    stalled = Cause("stalled", "shop.pack", task_id="t1")
    for at_once in (1, 3, 3, 2):
        alarms.stands([(stalled, at_once, 1_000.0)], LETTERS)
    assert counts(alarms) == {stalled.id: 3}
    assert alarms.client.zcard(keys.ALARM_MAILS) == 1


def test_a_cause_that_is_over_is_not_opened_again_because_a_mail_was_held_back(alarms: Alarms) -> None:
    alarms.stands([(FAILED, 0, None)], LETTERS)
    assert alarms.open()[1] == []


def test_causes_without_room_are_bounded_and_each_is_counted(alarms: Alarms) -> None:
    causes = {Cause("failed", f"task{number}"): 1 for number in range(MOST_OPEN + MOST_LEFT_OUT + 7)}
    alarms.happened("", "0000000000000005", causes, Letters())
    queue = Cause("queue", "celery")
    for _ in range(3):
        alarms.stands([(queue, 1, 1_000.0)], Letters())
    assert len(counts(alarms)) == MOST_OPEN + 1
    assert counts(alarms)[MORE] == MOST_LEFT_OUT + 7, "what only stands has no count of its own where nothing is kept"
    assert alarms.client.hlen(keys.ALARMS_LEFT_OUT) == MOST_LEFT_OUT
    alarms.over(MORE)
    assert not alarms.client.exists(keys.ALARMS_LEFT_OUT)
    for _ in range(3):
        alarms.stands([(queue, 1, 1_000.0)], Letters())
    assert counts(alarms)[MORE] == 1


def test_what_was_put_aside_leaves_nothing_behind_when_it_is_over(alarms: Alarms) -> None:
    alarms.happened("", "0000000000000005", {FAILED: 2}, Letters())
    assert alarms.put_aside(FAILED.id) and alarms.open()[1][0]["aside"]
    alarms.over(FAILED.id)
    assert not alarms.put_aside(FAILED.id) and not alarms.client.exists(keys.ALARMS_SEEN)
    alarms.happened("0000000000000005", "0000000000000006", {FAILED: 1}, Letters())
    assert not alarms.open()[1][0]["aside"], "it is another one"


def test_mails_that_cannot_be_sent_are_shown_and_not_mailed_about(alarms: Alarms) -> None:
    alarms.happened("", "0000000000000005", {Cause("failed", "mail.tell_of_alarm", "MailSetupError"): 1}, LETTERS)
    assert len(counts(alarms)) == 1 and alarms.unqueued() == []

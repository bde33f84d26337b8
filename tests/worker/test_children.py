"""Parents and children on a real Redis: a task is shown with those that it sent, and there is a bound to them."""

import redis

from tests.worker.told import progressed, started
from worker import events, keys
from worker.events import Event
from worker.steps import MOST_CHILDREN
from worker.store import Table
from worker.stream import NO_OFFSET, Log


def child(number: int, parent: str = "t1") -> Event:
    return events.sent(f"child-{number}", "trial.count", "celery", parent_id=parent, root_id=parent)


def test_a_task_is_shown_with_those_that_it_sent(log: Log, table: Table) -> None:
    log.append(started())
    for number in range(3):
        log.append(child(number))
    log.append(started("child-1", "rc"))
    found = table.task("t1")
    assert found is not None
    assert found.rows[0]["children"] == 3
    assert [(row["task_id"], row["state"]) for row in found.rows[1:]] == [
        ("child-0", "PENDING"),
        ("child-1", "STARTED"),
        ("child-2", "PENDING"),
    ]
    assert {entry.parent for entry in log.read_after(NO_OFFSET)[1:]} == {"t1"}


def test_of_very_many_children_the_first_are_shown_and_all_are_counted(log: Log, table: Table) -> None:
    log.append(started())
    log.append_all(child(number) for number in range(MOST_CHILDREN + 20))
    found = table.task("t1")
    assert found is not None
    assert (len(found.rows), found.rows[0]["children"]) == (1 + MOST_CHILDREN, MOST_CHILDREN + 20)
    newest = log.read_after(NO_OFFSET)[-1]
    assert newest.changes is not None
    assert (newest.changes["task_id"], newest.changes["children"]) == ("t1", MOST_CHILDREN + 20)
    assert newest.offset == found.rows[0]["offset"]
    assert not log.client.hexists(keys.row("t1"), f"child{MOST_CHILDREN}"), "the row is not bounded"


def test_a_parent_that_redis_has_evicted_has_children_again(log: Log, table: Table, redis_client: redis.Redis) -> None:
    log.append(started())
    redis_client.delete(keys.row("t1"))
    log.append(progressed(1))
    assert (table.row("t1") or {})["children"] is None, "void: Redis still has the row"
    log.append(child(1))
    assert (table.row("t1") or {})["children"] == 1


def test_a_parent_that_nobody_knows_is_named_and_nothing_more(log: Log, table: Table) -> None:
    log.append(child(1, "nobody"))
    log.append(events.sent("own", "trial.count", "celery", parent_id="own"))
    assert (table.row("child-1") or {})["parent_id"] == "nobody"
    assert not log.client.exists(keys.row("nobody"))
    assert (table.row("own") or {})["children"] is None

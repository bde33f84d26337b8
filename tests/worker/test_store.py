"""The table on a real Redis: rows, snapshots, and what changed after an offset."""

import pytest
import redis

from tests.worker.told import sent, started, succeeded
from worker import keys
from worker.store import Table
from worker.stream import NO_OFFSET, Limits, Log


def test_counts_follow_every_move(log: Log, table: Table) -> None:
    log.append(sent("a"))
    log.append(sent("b"))
    log.append(started("b"))
    assert table.counts() == {"PENDING": 1, "STARTED": 1}
    log.append(succeeded("b"))
    assert table.counts() == {"PENDING": 1, "SUCCESS": 1}


def test_old_rows_go_and_the_log_says_so(redis_client: redis.Redis, table: Table) -> None:
    log = Log(redis_client, Limits(tasks=3))
    for number in range(5):
        log.append(sent(f"t{number}"))
    assert table.row("t0") is None
    assert table.counts() == {"PENDING": 3}
    gone = [
        entry.changes["task_id"] for entry in log.read_after(NO_OFFSET) if entry.changes and "gone" in entry.changes
    ]
    assert gone == ["t0", "t1"]
    assert redis_client.zcard(keys.SENT) == redis_client.zcard(keys.CHANGED) == 3


def test_the_board_is_caught_up_with_what_changed_only(log: Log, table: Table) -> None:
    for number in range(5):
        log.append(sent(f"t{number}"))
    whole = table.board()
    log.append(started("t3"))
    caught_up = table.board(whole.epoch, whole.offset)
    assert caught_up.recovered
    assert [row["task_id"] for row in caught_up.rows] == ["t3"]
    assert [row["task_id"] for row in whole.rows] == ["t4", "t3", "t2", "t1", "t0"]


@pytest.mark.parametrize(("epoch", "offset"), [("another", NO_OFFSET), ("", ""), ("", "9" * 16)])
def test_the_board_is_sent_whole_where_it_cannot_be_continued(log: Log, table: Table, epoch: str, offset: str) -> None:
    log.append(sent())
    assert not table.board(epoch, offset).recovered
    assert not table.board(table.board().epoch, "9" * 16).recovered


def test_rows_on_the_board_go_without_details(log: Log, table: Table) -> None:
    log.append(started())
    log.append(succeeded())
    assert "result" not in table.board().rows[0]
    one = table.task("t1")
    assert one is not None
    assert one.rows[0]["result"] == 42


def test_whoever_missed_that_a_row_expired_is_sent_the_board_whole(redis_client: redis.Redis, table: Table) -> None:
    log = Log(redis_client, Limits(tasks=3))
    for number in range(3):
        log.append(sent(f"t{number}"))
    before = table.board()
    log.append(sent("t3"))
    after = table.board(before.epoch, before.offset)
    assert not after.recovered
    assert [row["task_id"] for row in after.rows] == ["t3", "t2", "t1"]
    assert table.board(after.epoch, after.offset).recovered

"""The log on a real Redis: what an append does, and what it refuses."""

import re

import pytest
import redis

from tests.worker.told import progressed, sent, started, succeeded
from worker import events, keys, states
from worker.events import BOARD_FIELDS, DETAILS
from worker.steps import STEPS
from worker.store import Table
from worker.stream import NO_OFFSET, SCRIPTS, Limits, Log, connect, connect_alone


def test_an_event_is_folded_into_the_row_and_added_to_the_log(log: Log, table: Table) -> None:
    for event in (sent(), started(), progressed(3)):
        answer = log.append(event)
        assert answer.verdict == "appended"
    row = table.row("t1")
    assert row is not None
    assert (row["state"], row["attempt"], row["current"], row["worker"]) == ("PROGRESS", 1, 3, "w1")
    assert row["offset"] == answer.offset == log.read_after(NO_OFFSET)[-1].offset


def test_the_log_folded_up_is_the_table(log: Log, table: Table) -> None:
    for event in (sent(), started(), progressed(1), started(run="r2"), progressed(2, run="r2"), succeeded(run="r2")):
        log.append(event)
    folded: dict[str, object] = {}
    for entry in log.read_after(NO_OFFSET):
        folded.update(entry.changes or {})
    row = table.row("t1")
    assert row is not None
    assert {name: value for name, value in row.items() if value is not None} == {
        name: value for name, value in folded.items() if value is not None
    }


def test_offsets_only_grow_and_compare_as_texts(log: Log) -> None:
    offsets = [log.append(progressed(number)).offset for number in range(50)]
    assert offsets == sorted(set(offsets))
    assert {len(offset) for offset in offsets} == {16}


def test_offsets_grow_though_the_clock_is_set_back(log: Log, redis_client: redis.Redis) -> None:
    log.append(sent())
    an_hour_ahead = str(int(log.append(started()).offset) + 3_600_000_000)
    redis_client.hset(keys.META, "offset", an_hour_ahead)
    assert log.append(progressed(1)).offset == str(int(an_hour_ahead) + 1)


def test_a_final_state_never_goes_back(log: Log, table: Table) -> None:
    for event in (sent(), started(), succeeded()):
        log.append(event)
    assert log.append(progressed(9)).verdict == "ended"
    assert log.append(events.ended("failed", "t1", states.FAILURE, "r1")).verdict == "ended"
    row = table.row("t1")
    assert row is not None
    assert row["state"] == "SUCCESS"


def test_a_new_attempt_begins_with_a_clean_slate(log: Log, table: Table) -> None:
    for event in (started(), progressed(5), succeeded()):
        log.append(event)
    assert log.append(started(run="r2")).attempt == 2
    row = table.row("t1")
    assert row is not None
    assert (row["state"], row["attempt"]) == ("STARTED", 2)
    assert [row[name] for name in ("current", "note", "result", "summary", "ended_at")] == [None] * 5


def test_a_run_that_was_taken_over_is_refused(log: Log, table: Table) -> None:
    for event in (started(run="r1"), started(run="r2"), progressed(2, run="r2", attempt=2)):
        log.append(event)
    assert log.append(progressed(8, run="r1")).verdict == "superseded"
    row = table.row("t1")
    assert row is not None
    assert row["current"] == 2


def test_an_append_that_is_repeated_is_no_second_attempt(log: Log) -> None:
    assert [log.append(started()).attempt for _ in range(3)] == [1, 1, 1]


def test_a_task_told_sent_after_it_started_keeps_its_state_and_gets_its_queue(log: Log, table: Table) -> None:
    log.append(started())
    log.append(sent())
    row = table.row("t1")
    assert row is not None
    assert (row["state"], row["queue"], row["worker"]) == ("STARTED", "celery", "w1")
    assert row["sent_at"] is not None and row["sent_at"] <= row["started_at"]


def test_the_log_is_capped(redis_client: redis.Redis) -> None:
    log = Log(redis_client, Limits(log_entries=100))
    for number in range(1_000):
        log.append(progressed(number))
    assert redis_client.xlen(keys.LOG) < 300


def test_each_entry_names_the_one_before_it(log: Log) -> None:
    offsets = [log.append(sent(f"t{number}")).offset for number in range(3)]
    assert [entry.prev for entry in log.read_after(NO_OFFSET)] == [NO_OFFSET, *offsets[:2]]


def test_a_flushed_redis_begins_a_new_epoch(log: Log, redis_client: redis.Redis) -> None:
    log.append(sent())
    before, _ = log.open()
    redis_client.flushall()
    log.append(sent())
    assert log.open()[0] not in ("", before)


def test_what_was_evicted_with_a_row_is_taken_back(log: Log, table: Table, redis_client: redis.Redis) -> None:
    log.append(sent())
    log.append(started())
    redis_client.delete(keys.row("t1"))
    log.append(progressed(5))
    told = log.read_after(NO_OFFSET)[-1].changes
    row = table.row("t1")
    assert told is not None and row is not None
    assert (told["started_at"], row["started_at"], row["current"]) == (None, None, 5)
    assert "started_at" in told, "who has seen it must hear that it is gone"


def test_another_redis_begins_a_new_epoch(log: Log, redis_client: redis.Redis) -> None:
    log.append(sent())
    epoch, offset = log.open()
    assert log.open() == (epoch, offset)
    redis_client.hset(keys.META, "server", "another run of Redis")
    assert log.open()[0] != epoch


def test_who_is_alone_on_a_connection_outlives_its_end(redis_url: str, redis_client: redis.Redis) -> None:
    alone = connect_alone(redis_url, 2.0)
    first = alone.client_id()
    assert redis_client.client_kill_filter(_id=str(first)) == 1, "void: it was not closed"
    assert Log(alone).append(sent()).verdict == "appended"
    assert alone.client_id() != first


def test_foreign_entries_are_marked_and_hurt_nobody(log: Log, redis_client: redis.Redis) -> None:
    redis_client.xadd(keys.LOG, {"anything": "at all"}, id="5-0")
    redis_client.xadd(keys.LOG, {"task_id": "no json", "offset": "1"}, id="6-0")
    for number, state in enumerate(["[]", '{"a": 1}', "[" * 100_000], 7):
        stored = {"task_id": '"t1"', "offset": f'"{number:016}"', "state": state}
        redis_client.xadd(keys.LOG, stored, id=f"{number}-0")  # type: ignore[arg-type]  # its dicts are invariant
    assert [entry.changes for entry in log.read_after(NO_OFFSET)] == [None] * 5


def test_an_entry_that_is_no_text_does_not_keep_what_follows_from_being_read(redis_url: str) -> None:
    with connect(redis_url) as client:
        log = Log(client)
        first = log.append(sent())
        client.xadd(keys.LOG, {b"task_id": b"\xff\xfe"}, id=f"{int(first.offset) + 1}-0")
        log.append(started())
        assert [entry.type for entry in log.read_after(NO_OFFSET)] == ["task-sent", "foreign", "task-started"]


def test_an_append_survives_a_flushed_script_cache(log: Log, redis_client: redis.Redis) -> None:
    log.append(sent())
    redis_client.script_flush()
    assert log.append(started()).verdict == "appended"


@pytest.mark.parametrize("task_id", ["*", "a\r\nb", "\x1b[31m", "日本", '"quoted"', "a" * 200])
def test_any_id_is_kept_as_it_is(log: Log, table: Table, task_id: str) -> None:
    log.append(sent(task_id))
    row = table.row(task_id)
    assert row is not None
    assert row["task_id"] == task_id
    assert log.read_after(NO_OFFSET)[0].changes is not None


def test_a_change_of_state_tells_the_small_row_and_a_report_only_what_changed(log: Log) -> None:
    log.append(events.sent("t1", "shop.job", "celery", args="(1,)"))
    log.append(started())
    log.append(progressed(1))
    log.append(progressed(2))
    log.append(succeeded())
    _first, second, third, fourth, fifth = (entry.changes or {} for entry in log.read_after(NO_OFFSET))
    assert fourth.keys() == {"task_id", "offset", "current", "reports", "progress_at"}
    for told in (second, third, fifth):
        assert (told["name"], told["queue"]) == ("shop.job", "celery")
        assert not DETAILS & told.keys() - {"result", *STEPS}
    assert fifth["started_at"] and fifth["total"] == 9


def test_the_small_row_of_a_change_is_the_boards() -> None:
    script = (SCRIPTS / "append.lua").read_text()
    named = re.search(r"local SMALL = \{(.*?)\}", script, re.DOTALL)
    assert named
    assert set(re.findall(r"'(\w+)'", named.group(1))) == set(BOARD_FIELDS) - {"task_id", "offset", "state"}

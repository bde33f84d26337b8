"""The rows of one room: the rules of tests/js/task-store.test.js, where rows matter to a terminal."""

from typing import Any

from terminal.room import Room


def at(number: int) -> str:
    return f"{number:016}"


def change(task_id: str, offset: int, **fields: Any) -> dict[str, Any]:
    return {"task_id": task_id, "offset": at(offset), **fields}


def answer(offset: int, *rows: dict[str, Any], epoch: str = "e1", recovered: bool = False) -> dict[str, Any]:
    return {"room": "task:a", "epoch": epoch, "offset": at(offset), "recovered": recovered, "rows": rows}


def frame(prev: int, offset: int, *rows: dict[str, Any], epoch: str = "e1") -> dict[str, Any]:
    return {"room": "task:a", "epoch": epoch, "prev": at(prev), "offset": at(offset), "rows": rows}


def watched() -> Room:
    """A room that holds task "a" at 10 % as of offset 10."""
    room = Room("task:a")
    assert room.answer(answer(10, change("a", 10, name="demo.long_task", state="PROGRESS", attempt=1, current=10)))
    return room


def test_the_first_subscribe_asks_for_everything_a_later_one_for_what_came_after() -> None:
    assert Room("task:a").request() == {"room": "task:a"}
    assert watched().request() == {"room": "task:a", "epoch": "e1", "offset": at(10)}


def test_a_frame_changes_only_the_fields_it_has() -> None:
    room = watched()
    assert room.frame(frame(10, 11, change("a", 11, current=20)))
    assert room.rows["a"] == change("a", 11, name="demo.long_task", state="PROGRESS", attempt=1, current=20)
    assert room.offset == at(11)


def test_a_frame_that_the_answer_covers_changes_nothing() -> None:
    room = watched()
    assert room.frame(frame(8, 9, change("a", 9, current=5), change("expired", 9, name="demo.old")))
    assert room.rows["a"]["current"] == 10
    assert "expired" not in room.rows
    assert room.offset == at(10)


def test_a_frame_whose_predecessor_is_missing_is_not_applied() -> None:
    room = watched()
    assert not room.frame(frame(12, 13, change("a", 13, current=99)))
    assert (room.rows["a"]["current"], room.offset) == (10, at(10))


def test_a_frame_of_another_log_and_one_before_any_answer_are_not_applied() -> None:
    room = watched()
    assert not room.frame(frame(10, 11, change("a", 11, current=99), epoch="e2"))
    assert room.rows["a"]["current"] == 10
    assert not Room("task:a").frame(frame(0, 1, change("a", 1, name="x"), epoch=""))


def test_the_snapshot_of_another_log_replaces_everything_whatever_it_says_of_itself() -> None:
    for recovered in (True, False):
        room = watched()
        room.answer(answer(3, change("b", 3, name="demo.t"), epoch="e2", recovered=recovered))
        assert list(room.rows) == ["b"]


def test_a_replay_replaces_whole_rows_and_leaves_the_others() -> None:
    room = watched()
    room.frame(frame(10, 11, change("b", 11, name="demo.b", note="old")))
    room.answer(answer(20, change("b", 20, name="demo.b", state="SUCCESS"), recovered=True))
    assert room.rows["a"]["current"] == 10
    assert room.rows["b"] == change("b", 20, name="demo.b", state="SUCCESS")


def test_an_older_change_never_overwrites_a_newer_one() -> None:
    room = watched()
    room.frame(frame(10, 12, change("a", 12, current=30)))
    room.frame(frame(10, 11, change("a", 11, current=20)))
    assert (room.rows["a"]["current"], room.offset) == (30, at(12))


def test_a_new_attempts_nulls_clear_what_the_one_before_had_left() -> None:
    room = watched()
    room.frame(frame(10, 11, change("a", 11, state="STARTED", attempt=2, current=None)))
    assert room.rows["a"].get("current") is None


def test_an_expired_row_goes_and_the_web_is_asked_if_it_was_what_the_room_is_about() -> None:
    room = watched()
    assert room.frame(frame(10, 11, change("child", 11, gone=True)))
    assert not room.frame(frame(11, 12, change("a", 12, gone=True)))
    assert not room.rows


def test_a_report_of_a_task_that_is_no_row_makes_none_but_a_change_of_state_does() -> None:
    room = watched()
    assert room.frame(frame(10, 11, change("other", 11, current=5)))
    assert "other" not in room.rows
    room.frame(frame(11, 12, change("other", 12, state="FAILURE")))
    assert room.rows["other"]["state"] == "FAILURE"

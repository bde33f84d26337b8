"""Conflation: what a room's next frame holds, and when it is due."""

import time
from types import SimpleNamespace

import pytest

from app.feed import INTERVAL_S, Feed

FIRST, SECOND, THIRD = "1" * 16, "2" * 16, "3" * 16


def change(offset: str, task_id: str = "t1", **fields: object) -> dict[str, object]:
    return {"task_id": task_id, "offset": offset, **fields}


def test_of_each_field_only_the_newest_value_is_sent() -> None:
    feed = Feed(FIRST)
    feed.add(change(SECOND, current=1, note="one"), urgent=False)
    feed.add(change(THIRD, current=2), urgent=False)
    assert feed.take(THIRD) == {"prev": FIRST, "offset": THIRD, "rows": [change(THIRD, current=2, note="one")]}


def test_the_first_change_after_a_quiet_moment_goes_at_once_and_the_next_waits() -> None:
    feed = Feed(FIRST)
    feed.add(change(SECOND, current=1), urgent=False)
    assert feed.is_due(time.monotonic())
    feed.take(SECOND)
    feed.add(change(THIRD, current=2), urgent=False)
    assert not feed.is_due(time.monotonic())
    assert feed.is_due(time.monotonic() + INTERVAL_S)


def test_frames_that_go_a_little_late_are_twenty_a_second_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("app.feed.time", SimpleNamespace(monotonic=lambda: clock[0]))
    feed, frames = Feed(FIRST), 0
    for tick in range(1, 1_001):  # looks are 7 ms apart, as reads of a busy log are
        clock[0] = 1000.0 + tick * 0.007
        feed.add(change(SECOND, current=tick), urgent=False)
        if feed.is_due(clock[0]):
            feed.take(SECOND)
            frames += 1
    assert frames == pytest.approx(7.0 / INTERVAL_S, abs=2)


def test_an_end_makes_the_next_frame_wait_no_longer_than_others() -> None:
    feed = Feed(FIRST)
    for offset in (SECOND, THIRD):
        feed.add(change(offset, state="SUCCESS"), urgent=True)
        feed.take(offset)
    feed.add(change(THIRD, current=2), urgent=False)
    assert feed.is_due(time.monotonic() + INTERVAL_S)


def test_an_end_does_not_wait() -> None:
    feed = Feed(FIRST)
    feed.add(change(SECOND, current=1), urgent=False)
    feed.take(SECOND)
    feed.add(change(THIRD, state="SUCCESS"), urgent=True)
    assert feed.is_due(time.monotonic())


def test_nothing_is_due_where_nothing_changed() -> None:
    assert not Feed(FIRST).is_due(time.monotonic())


def test_a_row_that_expired_carries_nothing_else() -> None:
    feed = Feed(FIRST)
    feed.add(change(SECOND, current=1), urgent=False)
    feed.add(change(THIRD, gone=True), urgent=False)
    assert feed.take(THIRD)["rows"] == [change(THIRD, gone=True)]


def test_an_id_that_comes_back_shows_nothing_of_its_old_row() -> None:
    feed = Feed(FIRST)
    feed.add(change(SECOND, gone=True), urgent=False)
    feed.add(change(THIRD, state="PENDING"), urgent=False)
    row = feed.take(THIRD)["rows"][0]
    assert "gone" not in row
    assert (row["state"], row["current"], row["summary"]) == ("PENDING", None, None)

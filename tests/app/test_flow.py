"""How many tasks came into a queue and went from it in the last minute."""

from typing import Any

import pytest

from app.flow import Flow

BEGAN_S = 1_000


def change(at_s: float, state: str | None, queue: str = "q", **fields: Any) -> dict[str, Any]:
    told = {"offset": f"{int(at_s * 1_000_000):016}", "task_id": "t", "queue": queue, **fields}
    return told | ({"state": state} if state else {})


@pytest.fixture
def flow() -> Flow:
    begun = Flow()
    begun.begin(BEGAN_S)
    return begun


def test_nothing_is_known_before_a_minute_was_followed(flow: Flow) -> None:
    flow.add(change(1_010, "PENDING"))
    assert flow.rates("q", 1_060) == (None, None)
    assert Flow().rates("q", 5_000) == (None, None)
    assert flow.rates("q", 1_061) == (1, 0)


def test_each_way_into_a_queue_and_from_it_counts_once(flow: Flow) -> None:
    sent = {"sent_at": 1_100.0}
    flow.add(change(1_100, "PENDING"))
    flow.add(change(1_101, "RECEIVED", **sent))
    flow.add(change(1_102, "STARTED", **sent))
    flow.add(change(1_103, None, current=3))
    flow.add(change(1_104, "RETRY", **sent, started_at=1_102.0))
    flow.add(change(1_105, "STARTED", **sent))
    flow.add(change(1_106, "SUCCESS", **sent, started_at=1_105.0))
    assert flow.rates("q", 1_110) == (2, 2)


def test_a_task_that_came_from_somebody_who_tells_nothing_counts_when_a_worker_takes_it(flow: Flow) -> None:
    flow.add(change(1_100, "RECEIVED"))
    flow.add(change(1_101, "STARTED"))
    assert flow.rates("q", 1_110) == (1, 1)


def test_what_is_revoked_while_it_waits_goes_from_its_queue(flow: Flow) -> None:
    flow.add(change(1_100, "PENDING"))
    flow.add(change(1_101, "REVOKED", sent_at=1_100.0))
    assert flow.rates("q", 1_110) == (1, 1)


def test_only_the_last_minute_counts_and_only_the_own_queue(flow: Flow) -> None:
    flow.add(change(1_100, "PENDING"))
    flow.add(change(1_150, "PENDING"))
    flow.add(change(1_150, "PENDING", "other"))
    assert flow.rates("q", 1_155) == (2, 0)
    assert flow.rates("q", 1_161.5) == (1, 0)
    assert flow.rates("q", 1_300) == (0, 0)


def test_after_a_gap_in_the_log_nothing_is_known_for_a_minute(flow: Flow) -> None:
    flow.add(change(1_100, "PENDING"))
    flow.begin(1_110)
    assert flow.rates("q", 1_120) == (None, None)
    assert flow.rates("q", 1_175) == (0, 0)

"""A task's story, told once: from the steps in its row."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.story import Story, in_words


def step(n: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"n": n, "kind": kind, "at": 100.0 + n, "attempt": 1} | more


def row(*steps: dict[str, Any], state: str = "PROGRESS", **fields: Any) -> dict[str, Any]:
    kept = {f"step{one['n'] if one['n'] < 20 else 20 + one['n'] % 40}": one for one in steps}
    return {"task_id": "t", "state": state, "attempt": 1, **fields} | kept


def told(story: Story, *args: Any, **fields: Any) -> list[str]:
    return [in_words(one) for one in story.news(row(*args, **fields))]


SENT, RECEIVED = step(0, "sent", queue="q"), step(1, "received", worker="w")
STARTED, BEGUN = step(2, "started", worker="w"), step(0, "started", worker="w")


def test_each_step_is_told_once_in_its_order() -> None:
    story = Story()
    assert told(story, STARTED, SENT, RECEIVED, state="STARTED") == [
        "queued in q",
        "received by w",
        "attempt 1 started · on w",
    ]
    assert told(story, SENT, RECEIVED, STARTED, state="STARTED") == []


def test_that_it_was_sent_is_no_news_once_it_has_begun() -> None:
    story, started = Story(), step(0, "started", worker="w")
    told(story, started, state="STARTED")
    assert told(story, started, step(1, "sent", queue="q"), state="STARTED") == []
    assert told(Story(), started, step(1, "sent", queue="q"), state="STARTED")[0] == "queued in q"


def test_each_tenth_is_told_and_nothing_behind_it() -> None:
    story = Story()
    shares = [1, 5, 9, 10, 12, 35, 30, 39, 100]
    found = [told(story, BEGUN, current=share, total=100) for share in shares]
    assert [len(one) for one in found] == [2, 0, 0, 1, 0, 1, 0, 0, 1]
    assert found[5] == ["35 % · 35 of 100"]


def test_a_quarter_and_the_tenth_it_is_in_are_one() -> None:
    reported = step(1, "reported", current=0, total=100)
    quarter = step(2, "quarter", current=25, total=100, note="a")
    found = told(Story(), BEGUN, reported, quarter, current=27, total=100)
    assert found[1:] == ["0 % · 0 of 100", "25 % · 25 of 100 · a"]


def test_another_attempt_begins_anew() -> None:
    story = Story()
    told(story, BEGUN, current=60, total=100)
    retried, again = step(1, "retried", note="gateway timeout"), step(2, "started", attempt=2)
    found = told(story, BEGUN, retried, again, attempt=2, current=20, total=100)
    assert found == [
        "attempt 1 failed, and will be tried again · gateway timeout",
        "attempt 2 started",
        "20 % · 20 of 100",
    ]


def test_its_end_is_told_once_also_where_no_step_tells_of_it() -> None:
    for steps in ([BEGUN], [BEGUN, step(1, "ended", state="FAILURE", summary="no")]):
        story = Story()
        assert told(story, *steps, state="FAILURE", summary="no")[-1] == "FAILURE · no"
        assert told(story, *steps, state="FAILURE", summary="no") == []


def test_what_is_run_again_after_its_end_ends_again() -> None:
    story, lost = Story(), step(1, "ended", state="LOST")
    told(story, BEGUN, lost, state="LOST")
    again, done = step(2, "started", attempt=2), step(3, "ended", state="SUCCESS", attempt=2)
    assert told(story, BEGUN, lost, again, done, state="SUCCESS", attempt=2) == ["attempt 2 started", "SUCCESS"]


def test_steps_that_are_not_kept_are_counted() -> None:
    story = Story()
    told(story, SENT, RECEIVED, STARTED, state="STARTED")
    assert told(story, SENT, RECEIVED, STARTED, step(70, "started", attempt=30), state="STARTED") == [
        "… 67 steps are not kept any more",
        "attempt 30 started",
    ]


def test_a_task_that_only_says_what_it_does_is_told_of_by_its_own_states() -> None:
    story = Story()
    assert told(story, BEGUN, note="a") == ["attempt 1 started · on w"]
    assert told(story, BEGUN, state="UPLOADING", note="b") == ["UPLOADING · b"]
    assert told(story, BEGUN, state="UPLOADING", note="c") == []
    assert told(story, BEGUN, state="CHECKING", note="d") == ["CHECKING · d"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 30))
def test_however_frames_are_conflated_each_step_is_told_once(looks: list[int], last: int) -> None:
    steps = [step(n, "retried" if n % 2 else "started", note=f"{n}", attempt=n // 2) for n in range(last)]
    story, found = Story(), []
    for look in [*sorted(min(look, last) for look in looks), last]:
        found += [one["n"] for one in story.news(row(*steps[:look], state="RETRY")) if "n" in one]
    assert found == list(range(last))

"""Rooms are kept subscribed: the rules of tests/js/subscription.test.js."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from terminal import subscriptions as under_test
from terminal.line import FIRST_PAUSE_S, LONGEST_PAUSE_S, Said, pause_s
from terminal.room import Room
from terminal.subscriptions import Subscriptions
from terminal.web import Refused
from tests.terminal.simulated_web import SimulatedWeb

Row = dict[str, Any]
GAP = {"room": "task:a", "epoch": "e", "prev": "9", "offset": "91", "rows": []}
UNAVAILABLE = {"error": {"code": "unavailable", "message": ""}}
UNKNOWN = {"error": {"code": "unknown_task", "message": "No such task."}}


def answer(offset: str, epoch: str = "e", recovered: bool = True) -> Row:
    rows = [{"task_id": "a", "offset": offset, "name": "x", "state": "STARTED"}]
    return {"room": "task:a", "epoch": epoch, "offset": offset, "recovered": recovered, "rows": rows}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here before something is asked again."""
    monkeypatch.setattr(under_test, "pause_s", lambda tries: 0.0)


class Script:
    """A line on which is said what the test says, and answered what it answers."""

    def __init__(self, said: list[Said], answers: list[Row]) -> None:
        self.requests: list[Mapping[str, str]] = []
        self._said, self._answers = said, answers

    def said(self, tick_s: float) -> Iterator[Said]:
        yield from self._said

    def ask(self, request: Mapping[str, str]) -> Row:
        self.requests.append(request)
        return self._answers.pop(0)


def play(*said: Said, answers: list[Row]) -> tuple[Script, Subscriptions, list[str]]:
    script, told = Script(list(said), answers), list[str]()
    kept = Subscriptions(script, [Room("task:a")], told.append)
    list(kept.changes())
    return script, kept, told


CONNECTED, CUT, LIVE = Said("connected"), Said("disconnected"), Said("upstream", {"live": True})
AWAY = Said("upstream", {"live": False})


def test_it_is_caught_up_once_the_answer_is_applied_and_not_when_it_is_cut() -> None:
    assert play(CONNECTED, answers=[answer("1")])[1].caught_up
    assert not play(CONNECTED, CUT, answers=[answer("1")])[1].caught_up


def test_after_a_reconnection_it_asks_for_what_came_after_the_offset_held() -> None:
    script, _, told = play(CONNECTED, LIVE, CUT, CUT, CONNECTED, LIVE, answers=[answer("1"), answer("5")])
    assert script.requests == [{"room": "task:a"}, {"room": "task:a", "epoch": "e", "offset": "1"}]
    assert told == ["The line to the web is lost: reconnecting …", "Live again."]


def test_a_gap_is_healed_at_once_and_many_are_one_subscribe() -> None:
    gap = Said("frame", GAP)
    script, kept, _ = play(CONNECTED, gap, gap, gap, answers=[answer("1"), answer("91")])
    assert len(script.requests) == 2
    assert kept.caught_up


def test_what_fails_is_asked_again_less_and_less_often() -> None:
    assert pause_s(0) == 0
    assert FIRST_PAUSE_S / 2 <= pause_s(1) <= FIRST_PAUSE_S
    assert LONGEST_PAUSE_S / 2 <= pause_s(50) <= LONGEST_PAUSE_S
    script, kept, _ = play(CONNECTED, Said("tick"), answers=[UNAVAILABLE, answer("1")])
    assert len(script.requests) == 2
    assert kept.caught_up


def test_what_could_not_be_taken_in_is_asked_again() -> None:
    class Slow(Room):
        def answer(self, answer: Mapping[str, Any]) -> bool:
            return bool(self.epoch) & super().answer(answer)

    script = Script([CONNECTED, Said("tick")], [answer("1"), answer("2")])
    kept = Subscriptions(script, [Slow("task:a")], lambda text: None)
    list(kept.changes())
    assert len(script.requests) == 2
    assert kept.caught_up


def test_a_refusal_that_stays_one_is_told_and_not_repeated() -> None:
    with pytest.raises(Refused, match=r"^task:a: No such task\.$"):
        play(CONNECTED, Said("tick"), answers=[UNKNOWN])


@pytest.mark.parametrize("told_of", [GAP | {"epoch": "f"}, GAP | {"prev": "1", "offset": "92"}])
def test_a_task_that_is_known_no_more_is_asked_for_when_it_is_told_of(told_of: Row) -> None:
    back = Said("frame", told_of)
    said = (CONNECTED, Said("frame", GAP), Said("tick"), back)
    script, kept, told = play(*said, answers=[answer("1"), UNKNOWN, answer("92", "f", recovered=False)])
    assert len(script.requests) == 3
    assert script.requests[2]["epoch"] == "e"
    assert kept.caught_up
    assert told == ["task:a: Redis has lost it. Waiting for its next report …"]


def test_a_task_that_does_not_come_back_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "FORGOTTEN_S", -1.0)
    with pytest.raises(Refused, match="has not come back"):
        play(CONNECTED, Said("frame", GAP), Said("tick"), answers=[answer("1"), UNKNOWN])


def test_a_web_that_cannot_reach_redis_is_not_called_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MOMENT_S", -1.0)
    _, _, told = play(CONNECTED, AWAY, Said("tick"), Said("tick"), LIVE, answers=[answer("1")])
    assert told == ["The web cannot reach Redis: waiting …", "Live again."]


def test_a_web_that_looks_for_redis_for_a_moment_is_said_nothing_of() -> None:
    assert play(CONNECTED, AWAY, Said("tick"), LIVE, answers=[answer("1")])[2] == []


def test_a_line_that_is_lost_while_redis_is_away_is_said_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MOMENT_S", -1.0)
    _, _, told = play(CONNECTED, AWAY, CUT, CUT, CONNECTED, LIVE, answers=[answer("1"), answer("1")])
    assert told[:2] == ["The web cannot reach Redis: waiting …", "The line to the web is lost: reconnecting …"]
    assert told[-1] == "Live again."


def test_whatever_is_dropped_late_cut_or_restarted_the_rows_end_exactly_as_the_table() -> None:
    asked = 0
    for seed in range(400):
        web, room = SimulatedWeb(seed, 250), Room("board")
        kept = Subscriptions(web, [room], lambda text: None)
        list(kept.changes())
        assert kept.caught_up, f"seed {seed}: never caught up"
        assert plain(room.rows) == plain(web.table), f"seed {seed}"
        asked += web.asked
    assert asked > 2_000, "void: nothing broke"


def plain(rows: Mapping[str, Row]) -> dict[str, Row]:
    return {name: {field: value for field, value in row.items() if value is not None} for name, row in rows.items()}

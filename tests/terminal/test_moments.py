"""Points in time as people type them, and as they are shown."""

import time
from datetime import datetime

import click
import pytest

from terminal import words
from terminal.moments import Moment


def moment(text: str) -> float:
    return Moment().convert(text, None, None)


def test_moments_are_so_long_ago_or_of_today_or_of_a_day() -> None:
    assert moment("10m") == pytest.approx(time.time() - 600, abs=5)
    assert moment("1.5h") == pytest.approx(time.time() - 5_400, abs=5)
    assert moment("14:05") % 60 == 0 and datetime.fromtimestamp(moment("14:05")).strftime("%H:%M") == "14:05"
    assert moment("2026-11-23 14:05:30") == datetime(2026, 11, 23, 14, 5, 30).timestamp()


@pytest.mark.parametrize(
    "text", ["", "m", "90", "25:00", "infd", "-infs", "nans", "1e300d", "99999d", "-1e300s", "1969-01-01"]
)
def test_what_is_no_moment_or_before_all_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no moment"):
        moment(text)


@pytest.mark.parametrize("at", [None, 1e18, float("nan"), float("inf")])
def test_a_time_that_is_none_is_shown_as_that(at: float) -> None:
    assert words.clock(at) == "--:--:--"
    assert (
        words.log_line({"at": at, "level": "INFO", "worker": "w", "text": "told"}, False) == "--:--:-- INFO     w told"
    )

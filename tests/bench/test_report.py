"""The table of the bench says what was measured, and whether it is what was promised."""

import pytest

from bench import report
from bench.row import Row

THROTTLED = Row(goal="worker", what="a throttled report", unit="µs", ours=0.12, rival="tqdm", theirs=0.1, most=1.5)
MANY = Row(goal="worker", what="a million reports", unit="s", ours=0.2, rival="Celery", theirs=100.0, most=1 / 1000)
FRAMES = Row(goal="page", what="frames while scrolling", unit="a second", ours=54.0, least=55.0, note="in software")


def test_a_row_is_met_if_its_ratio_or_its_figure_keeps_the_bound():
    assert THROTTLED.is_met
    assert THROTTLED.ratio == pytest.approx(1.2)
    assert not MANY.is_met
    assert not FRAMES.is_met


def test_a_rival_that_cannot_do_it_at_all_is_beaten_by_any_figure():
    assert Row(goal="g", what="w", unit="a second", ours=20.0, rival="naive", theirs=0.0, least=100.0).is_met


def test_a_row_promises_one_thing():
    with pytest.raises(ValueError, match="either most or least"):
        Row(goal="g", what="w", unit="s", ours=1.0)
    with pytest.raises(ValueError, match="either most or least"):
        Row(goal="g", what="w", unit="s", ours=1.0, most=1.0, least=1.0)


def test_the_table_names_the_rival_the_ratio_and_what_is_not_met():
    lines = list(report.lines([THROTTLED, MANY, FRAMES]))

    assert [line for line in lines if line.endswith(":")] == ["worker:", "page:"]
    assert "0.1 µs (tqdm)" in lines[2]
    assert " ".join(lines[2].split()).endswith("1.2 x at most 1.5 x met")
    assert "1/500" in lines[3]
    assert "at most 1/1,000" in lines[3]
    assert " ".join(lines[5].split()).endswith("at least 55.0 a second NOT MET; in software")
    assert report.summary([THROTTLED, MANY, FRAMES]) == "1 of 3 bounds are kept."


def test_the_json_has_each_rows_verdict():
    assert [row["met"] for row in report.as_json([THROTTLED, MANY])] == [True, False]

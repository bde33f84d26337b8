"""What tasks say becomes JSON that every browser can read."""

import datetime
import decimal
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import values

ODD = [
    float("nan"),
    float("-inf"),
    2**70,
    -(2**70),
    "\ud800",
    b"\xff",
    {1, 2},
    datetime.date(2026, 1, 1),
    decimal.Decimal("1.5"),
    object(),
    {("a", 1): {"deep": [1, [2, [3]]]}},
]


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


@pytest.mark.parametrize("value", [*ODD, Unspeakable()], ids=lambda value: type(value).__name__)
def test_odd_values_become_strict_json(value: object) -> None:
    shown = values.encode({"value": value})
    json.loads(shown, parse_constant=pytest.fail)
    shown.encode("utf-8")


def test_an_integer_too_long_to_print_is_named_by_its_type() -> None:
    assert "int" in values.encode(10**5000)
    assert values.number(10**5000) is None


def test_a_cycle_ends() -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    assert "…" in values.encode(cyclic)


def test_five_megabytes_are_cut_with_a_mark() -> None:
    note = values.text("x" * 5_000_000)
    assert len(note) == values.NOTE_LENGTH
    assert note.endswith(values.CUT_MARK)


def test_what_fits_is_left_alone() -> None:
    assert values.text("Encoding pass 2 of 2, 50 % ✓") == "Encoding pass 2 of 2, 50 % ✓"


@pytest.mark.parametrize(("given_", "expected"), [(3, 3), (2.5, 2.5), ("7", 7.0), (decimal.Decimal("1.5"), 1.5)])
def test_what_is_a_number_is_kept_as_one(given_: object, expected: float) -> None:
    assert values.number(given_) == expected


@pytest.mark.parametrize("no_number", [None, True, "x", float("nan"), float("inf"), []])
def test_what_is_no_number_becomes_none(no_number: object) -> None:
    assert values.number(no_number) is None


LEAVES = st.none() | st.floats() | st.text() | st.integers() | st.binary()
LISTS = st.lists(LEAVES, max_size=5)
ANYTHING = LEAVES | LISTS | st.dictionaries(st.text(), LEAVES | LISTS, max_size=5)


@given(ANYTHING)
def test_anything_comes_out_as_bounded_json(value: object) -> None:
    shown = values.encode(value, 1_000)
    json.loads(shown, parse_constant=pytest.fail)
    assert len(shown) <= 1_000 * 6  # the escapes of what was cut


@pytest.mark.parametrize("leaf", [0, "x" * 5_000], ids=["numbers", "texts"])
def test_a_huge_nested_value_costs_no_more_than_what_is_shown_of_it(leaf: object) -> None:
    huge: object = leaf
    for _ in range(values.MAX_DEPTH - 1):
        huge = [huge] * values.MAX_ITEMS
    began = time.process_time()
    assert values.encode(huge).endswith(f'{values.CUT_MARK}"')
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("value", ["x" * 11, {"key": "x" * 8}, list(range(11)), [["x" * 5], {"y": "x" * 5}]])
def test_what_has_more_than_so_many_characters_is_long(value: object) -> None:
    assert values.is_long(value, 10)
    assert not values.is_long(value, 20)


def test_a_value_that_contains_itself_is_long() -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    assert values.is_long(cyclic, 1_000)

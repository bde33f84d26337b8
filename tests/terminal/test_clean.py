"""What comes from elsewhere is shown, and never acts on the terminal."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal import clean

HOSTILE = [
    ("\x1b]0;owned\x07title", "title"),
    ("\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "click"),
    ("\x1b[2J\x1b[Hcleared", "cleared"),
    ("\x1bP1$q\x1b\\dcs", "dcs"),
    ("\x1b", "␛"),
    ("half \x1b[", "half ␛["),
    ("\x1bc reset", "␛c reset"),
    ("\x9b31mC1", "[U+009B]31mC1"),
    ("over\rwritten", "over␍written"),
    ("back\x08\x7f", "back␈␡"),
    ("bell\x07", "bell␇"),
    ("gpj.\u202eexe", "gpj.[U+202E]exe"),
    ("iso\u2066late\u2069", "iso[U+2066]late[U+2069]"),
    ("zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"),
    ("tag\U000e0041", "tag[U+E0041]"),
    ("pass\u200dword", "pass[U+200D]word"),
    ("lone \ud800", "lone \ufffd"),
    ("next\x85line\u2028here", "next[U+0085]line[U+2028]here"),
    ("one\n\ttwo\r\nthree", "one two three"),
    ("👨\u200d👩\u200d👧 क्\u200dष", "👨\u200d👩\u200d👧 क्\u200dष"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE, ids=lambda text: ascii(text)[:20])
def test_what_would_act_or_hide_goes_or_is_written_out(text: str, shown: str) -> None:
    assert clean.plain(text) == shown


@given(st.text(st.characters() | st.sampled_from("\x1b[]m;0123489\x07\x9b\r\u202e")))
def test_nothing_at_all_gets_through(text: str) -> None:
    shown = clean.plain(text)
    assert not [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cs") or letter in "\u202a\u202e"]
    colours = clean.COLOUR.sub("", clean.block(text, colours=True))
    assert "\x1b" not in colours and "\r" not in colours and "\x9b" not in colours
    assert "\x1b" not in clean.block(text, colours=False)
    assert clean.as_json(text).isascii() and clean.as_json(text).isprintable()
    assert json.loads(clean.as_json(text)) == text


def test_a_texts_own_colours_are_shown_again_from_those_that_can_be_read() -> None:
    assert clean.block("a \x1b[1;31mred\x1b[0m b", colours=True) == "a \x1b[0m\x1b[31mred\x1b[0m b"
    assert clean.block("left \x1b[32mopen", colours=True) == "left \x1b[0m\x1b[32mopen\x1b[0m"
    assert clean.block("a \x1b[31mred", colours=False) == "a red"


@pytest.mark.parametrize("codes", ["8", "30;40", "37;47", "7", "5", "38;5;1", "38;2;31;31;31", "48;5;31", "999999999"])
def test_no_colour_conceals_or_blinks(codes: str) -> None:
    shown = clean.block(f"\x1b[{codes}mtext", colours=True).replace(clean.RESET, "")
    assert shown in ("text", "\x1b[90mtext")


def test_wide_letters_and_marks_take_the_columns_they_take() -> None:
    assert clean.width("日本 e\u0301") == 6
    assert clean.cut("日本語", 5) == "日本…"
    assert clean.cut("日本語", 4) == "日…"
    assert clean.cut("short", 5) == "short"
    assert clean.cut("x", 0) == ""

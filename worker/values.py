"""Turns what tasks say into JSON that every browser can read: sensible for odd values, cut where too long."""

import json
import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

NOTE_LENGTH = 500
SUMMARY_LENGTH = 200
ARGUMENTS_LENGTH = 4_000
DETAIL_LENGTH = 16_000
CALL_LENGTH = 8_000
MAX_DEPTH = 8
MAX_ITEMS = 200
SAFE_INTEGER = 2**53 - 1
"""The largest integer that a browser's numbers hold exactly."""

CUT_MARK = "… (cut)"


def text(value: object, length: int = NOTE_LENGTH) -> str:
    """`value` as text of at most `length` characters, ending in a mark where it was cut.

    Lone surrogates, which UTF-8 cannot carry, become "?". Never raises: what cannot say what it is, is named by type.
    """
    shown = value if isinstance(value, str) else _say(value)
    if len(shown) > length:
        shown = shown[: max(length - len(CUT_MARK), 0)] + CUT_MARK
    return shown.encode("utf-8", "replace").decode("utf-8")


def _say(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"


def summary(result: object) -> str | None:
    """A task's result in words: what it calls its `summary` or `status`, a plain value, or nothing."""
    if isinstance(result, dict):
        return result.get("summary") or result.get("status")
    return None if result is None else text(result, SUMMARY_LENGTH)


def number(value: object) -> int | float | None:
    """`value` as a finite number that a browser holds exactly enough, or None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        as_float = float(value)  # type: ignore[arg-type]  # Decimal, Fraction, numpy: whatever has __float__
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(as_float):
        return None
    return value if isinstance(value, int) and abs(value) <= SAFE_INTEGER else as_float


def plain(value: object) -> Any:
    """`value` made of dicts, lists, strings, finite numbers, booleans and None alone; odd things become their text."""
    return _plain(value, 0, [DETAIL_LENGTH])


def _plain(value: object, depth: int, rest: list[int]) -> Any:
    """What is left of `rest` characters is shared by all that is in the value: nobody is shown more of it."""
    rest[0] -= 1
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and _fits(value):
        return number(value)
    if depth >= MAX_DEPTH or rest[0] <= 0:
        return "…"
    if isinstance(value, Mapping):
        items = list(islice(value.items(), MAX_ITEMS))  # at once: the task may change it meanwhile
        return {text(key, 200): _plain(item, depth + 1, rest) for key, item in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1, rest) for item in list(islice(value, MAX_ITEMS))]
    shown = text(value, DETAIL_LENGTH)
    rest[0] -= len(shown)
    return shown


def is_long(value: object, length: int) -> bool:
    """Whether the texts in this value come to more than `length` characters; looks no further than that."""
    rest, unseen = length, [value]
    while unseen and rest >= 0:
        one = unseen.pop()
        rest -= len(one) if isinstance(one, str | bytes) else 1
        if isinstance(one, Mapping):
            pairs = list(islice(one.items(), rest + 1))  # at once: the task may change it meanwhile
            unseen += [part for pair in pairs for part in pair]
        elif isinstance(one, list | tuple | set | frozenset):
            unseen += list(islice(one, rest + 1))
    return rest < 0


def _fits(value: int | float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= SAFE_INTEGER


def encode(value: object, length: int = DETAIL_LENGTH) -> str:
    """`value` as a JSON text; one longer than `length` becomes a JSON string of its beginning, with a mark."""
    shown = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(shown) <= length:
        return shown
    return json.dumps(text(shown, length), ensure_ascii=False)

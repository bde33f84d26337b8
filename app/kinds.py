"""What values of a shape (worker/shapes.py) are called, and how those are read that JSON writes as text."""

import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_DECIMAL = 60

Shape = Mapping[str, Any]


def shown(value: Any) -> str:
    """A value as a person is told of it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def kind_of(shape: Shape) -> str:
    """What a value of this shape is called."""
    if "enum" in shape:
        return "one of " + ", ".join(shown(one) for one in shape["enum"][:20])
    if "anyOf" in shape:
        return " or ".join(map(kind_of, shape["anyOf"]))
    return NAMES.get(shape.get("format", ""), NAMES.get(shape.get("type", ""), "any JSON"))


NAMES = {
    **{"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"},
    **{"array": "list, as JSON", "object": "object, as JSON"},
    **{"date": "date", "date-time": "date and time", "time": "time", "uuid": "UUID", "decimal": "decimal number"},
}


def _decimal(text: str) -> decimal.Decimal:
    number = decimal.Decimal(text)
    if not number.is_finite() or len(text) > LONGEST_DECIMAL or abs(number.adjusted()) > LONGEST_DECIMAL:
        raise ValueError
    return number


FORMATS: dict[str, tuple[Callable[[str], Any], str]] = {
    "date": (datetime.date.fromisoformat, "a date, such as 2026-01-31"),
    "date-time": (datetime.datetime.fromisoformat, "a date and a time, such as 2026-01-31T14:30"),
    "time": (datetime.time.fromisoformat, "a time, such as 14:30"),
    "uuid": (uuid.UUID, "a UUID, such as 0b9ee7c6-3c5e-4c0e-9d3f-9f9d0d9a3b11"),
    "decimal": (_decimal, "a number, such as 12.50"),
}

"""Checks a JSON value against the shape that a task takes, and makes of it what the task is given."""

import math
from collections.abc import Callable
from typing import Any

from app.kinds import FORMATS, Shape, kind_of, shown

MOST_DEPTH = 50
LARGEST = 2**63 - 1
MARKED = {"__type__", "__value__"}
"""The keys of an object that the queue's JSON would take for something else."""

Path = tuple[str | int, ...]
Faults = dict[Path, str]
"""What is wrong, and where in the value."""


def checked(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    """The value as the task is given it; what is wrong with it goes into `faults`, and then the answer is no use."""
    if value is None and (shape.get("nullable") or not shape):
        return None
    if "enum" in shape:
        return _of_choice(shape, value, path, faults)
    if "anyOf" in shape:
        return _of_any(shape, value, path, faults)
    check = CHECKS.get(shape.get("type", ""), _anything)
    return check(shape, value, path, faults)


def _of_choice(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    for one in shape["enum"]:
        if type(one) is type(value) and one == value:  # 1 is not True
            return value
    faults[path] = f"Choose one of these: {', '.join(shown(one) for one in shape['enum'][:20])}."
    return None


def _of_any(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    for one in shape["anyOf"]:
        tried: Faults = {}
        made = checked(one, value, path, tried)
        if not tried:
            return made
    faults[path] = "This fits none of what the task takes here: " + " / ".join(map(kind_of, shape["anyOf"])) + "."
    return None


def _integer(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        faults[path] = "Write a whole number, such as 3."
    elif abs(value) > LARGEST:
        faults[path] = "Write a whole number of at most 18 digits."
    else:
        _within(shape, value, path, faults)
    return value


def _number(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        faults[path] = "Write a number, such as 0.5."
    elif not math.isfinite(value) if isinstance(value, float) else abs(value) > LARGEST:
        faults[path] = "Write a number that is not as large as that."
    else:
        _within(shape, value, path, faults)
    return value


BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "at least"),
    "maximum": (lambda value, bound: value <= bound, "at most"),
    "exclusiveMinimum": (lambda value, bound: value > bound, "more than"),
    "exclusiveMaximum": (lambda value, bound: value < bound, "less than"),
}


def _within(shape: Shape, value: float, path: Path, faults: Faults) -> None:
    for word, (holds, words) in BOUNDS.items():
        bound = shape.get(word)
        if isinstance(bound, int | float) and not holds(value, bound):
            faults[path] = f"Write a number that is {words} {bound:g}."


def _long_enough(shape: Shape, value: Any, path: Path, faults: Faults, what: str) -> None:
    least, most = shape.get(f"min{what}"), shape.get(f"max{what}")
    unit = "characters" if what == "Length" else "entries"
    if isinstance(least, int) and len(value) < least:
        faults[path] = f"This needs {least} {unit} or more."
    if isinstance(most, int) and len(value) > most:
        faults[path] = f"This may have {most} {unit} at most."


def _text(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if not isinstance(value, str):
        faults[path] = "Write a text." if "format" not in shape else "Write it as a text."
        return value
    _sayable(value, path, faults)
    _long_enough(shape, value, path, faults, "Length")
    read, example = FORMATS.get(shape.get("format", ""), (None, ""))
    if read is None or path in faults:
        return value
    try:
        return read(value.strip())
    except (ValueError, ArithmeticError):
        faults[path] = f"Write {example}."
        return value


def _sayable(text: str, path: Path, faults: Faults) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        faults[path] = "This has half a character in it, which no text can have."


def _flag(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if not isinstance(value, bool):
        faults[path] = "Say true or false."
    return value


def _array(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if not isinstance(value, list):
        faults[path] = 'Write a list in JSON, such as ["one", "two"].'
        return value
    _long_enough(shape, value, path, faults, "Items")
    return [checked(shape.get("items", {}), one, (*path, place), faults) for place, one in enumerate(value)]


def _object(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if not isinstance(value, dict):
        faults[path] = 'Write an object in JSON, such as {"name": "Ada"}.'
        return value
    if "properties" not in shape:
        return _anything(shape, value, path, faults)
    known = shape["properties"]
    for name in shape.get("required", ()):
        if name not in value:
            faults[(*path, name)] = "This is needed."
    if not shape.get("additionalProperties"):
        for name in value.keys() - known.keys():
            faults[(*path, name)] = "The task takes no such field."
    return {name: checked(known.get(name, {}), one, (*path, name), faults) for name, one in value.items()}


def _anything(shape: Shape, value: Any, path: Path, faults: Faults) -> Any:
    if len(path) > MOST_DEPTH:
        faults[path[:1]] = f"This is nested deeper than {MOST_DEPTH} levels."
    elif isinstance(value, dict):
        if value.keys() == MARKED:
            faults[path] = "An object must not have the keys __type__ and __value__ alone: the queue reads them."
        for name, one in value.items():
            _sayable(name, path, faults)
            _anything({}, one, (*path, name), faults)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            _anything({}, one, (*path, place), faults)
    elif isinstance(value, str):
        _sayable(value, path, faults)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _number({}, value, path, faults)
    return value


CHECKS = {
    "integer": _integer,
    "number": _number,
    "string": _text,
    "boolean": _flag,
    "array": _array,
    "object": _object,
}

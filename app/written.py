"""Reads what a person wrote into a task's form."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.arguments import NEEDED
from app.checks import Path
from app.fields import Field, as_json, options_of

WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
REAL = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,6})?")


def values_of(fields: Sequence[Field], written: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that a person wrote, by parameter, without what was left empty; and what cannot be read, by field."""
    faults = {name: "This form has no such field." for name in written.keys() - {one.name for one in fields}}
    given: dict[str, Any] = {}
    for one in fields:
        text = written.get(one.name, "")
        whole = _holder(given, one.path)
        try:
            if text.strip() or _is_empty_text(one):
                whole[one.label] = read(one, text)
            elif one.required:
                whole[one.label] = _nothing(one)
        except ValueError as error:
            faults[one.name] = str(error)
    return given, faults


def _holder(given: dict[str, Any], path: Path) -> dict[str, Any]:
    for part in path[:-1]:
        given = given.setdefault(str(part), {})
    return given


def _is_empty_text(one: Field) -> bool:
    """Whoever empties a text that was there at first means the empty text."""
    return one.control == "text" and "format" not in one.shape and one.text != "" and not one.required


def _nothing(one: Field) -> Any:
    if not one.shape.get("nullable"):
        raise ValueError(NEEDED)
    return None


def read(one: Field, text: str) -> Any:
    """What was written into this field; the check of its value comes later. Raises ValueError, which says why not."""
    kind = one.shape.get("type")
    if one.control in ("choice", "check"):
        return next((value for value in options_of(one.shape) if as_json(value) == text), text)
    if one.control == "number":
        stripped = text.strip()
        if kind == "integer":
            return int(stripped) if WHOLE.fullmatch(stripped) else text
        return float(stripped) if REAL.fullmatch(stripped) else text
    return _json(text) if one.control == "json" else text.replace("\r\n", "\n")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("This is nested too deep.") from None
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f'This is no JSON{where}. Text goes in double quotes, such as "one".') from None


def by_field(faults: Mapping[str, str], fields: Sequence[Field]) -> dict[str, str]:
    """Each fault under the field that it is in: `items[2].price` is in `items`."""
    placed: dict[str, str] = {}
    for name, message in faults.items():
        holder = next((one.name for one in fields if name.startswith((f"{one.name}.", f"{one.name}["))), name)
        inside = name[len(holder) :].removeprefix(".")
        placed.setdefault(holder, f"{inside}: {message}" if inside else message)
    return placed

"""The fields of a task's form: which there are, and what they say at first."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.arguments import Parameter, name_of
from app.checks import Path
from app.kinds import Shape, kind_of

MOST_DEPTH = 3
"""Objects within objects have fields of their own down to here, and are written as JSON below."""

CONTROLS = {"integer": "number", "number": "number", "string": "text", "array": "json", "object": "json"}
FORMATS = {"date": "date", "time": "time", "date-time": "datetime-local", "password": "password"}


@dataclass(frozen=True, slots=True)
class Field:
    """One control of a form. name: such as `order.number`. group: the object that it is a part of, "" for none.

    control: text, number, json, check, choice, or the type of an input. text: what it says at first.
    kind: what is to be written there, in a few words. hint: what the task says of it.
    """

    name: str
    path: Path
    group: str
    label: str
    control: str
    shape: Shape
    required: bool
    text: str
    kind: str
    hint: str
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it stands on the page. id: of its control; fault: what is wrong with its text, "" if nothing is."""

    field: Field
    id: str
    text: str
    fault: str


def shown(fields: Sequence[Field], written: Mapping[str, str], faults: Mapping[str, str]) -> list[Shown]:
    """The fields with what was written into them, as far as something was."""
    return [
        Shown(one, f"field-{number}", _text_shown(one, written), faults.get(one.name, ""))
        for number, one in enumerate(fields, 1)
    ]


def _text_shown(one: Field, written: Mapping[str, str]) -> str:
    return "" if one.control == "password" else written.get(one.name, one.text)


def fields_of(parameters: Iterable[Parameter]) -> list[Field]:
    """The fields for these parameters, in their order."""
    return [one for parameter in parameters for one in _fields((parameter["name"],), "", parameter)]


def _fields(path: Path, group: str, told: Parameter) -> Iterator[Field]:
    shape = told.get("shape", {})
    if _has_fields_of_its_own(path, shape, told):
        for name, inner in shape["properties"].items():
            default = {"default": inner["default"]} if "default" in inner else {}
            part = {"shape": inner, "required": name in shape.get("required", ()), **default}
            yield from _fields((*path, name), name_of(path), part)
    else:
        yield _field(path, group, told)


def _has_fields_of_its_own(path: Path, shape: Shape, told: Parameter) -> bool:
    """One that may be left out would not be left out if its own parts have defaults."""
    whole = bool(shape.get("properties")) and not shape.get("nullable") and not shape.get("additionalProperties")
    return whole and bool(told.get("required")) and len(path) <= MOST_DEPTH


def _field(path: Path, group: str, told: Parameter) -> Field:
    shape, required = told.get("shape", {}), bool(told.get("required"))
    control = _control(shape, told.get("default"))
    return Field(
        name=name_of(path),
        path=path,
        group=group,
        label=str(path[-1]),
        control=control,
        shape=shape,
        required=required,
        text=_first_text(shape, told.get("default")),
        kind=_kind(shape, required),
        hint=str(shape.get("description", "")),
        options=[(as_json(one), _option(one)) for one in options_of(shape)] if control == "choice" else [],
    )


def _control(shape: Shape, default: object) -> str:
    if "enum" in shape:
        return "choice"
    if shape.get("type") == "boolean":
        return "check" if isinstance(default, bool) and not shape.get("nullable") else "choice"
    return FORMATS.get(shape.get("format", ""), CONTROLS.get(shape.get("type", ""), "json"))


def options_of(shape: Shape) -> list[Any]:
    """What can be chosen."""
    return list(shape["enum"]) if "enum" in shape else [True, False]


def _option(value: object) -> str:
    return value if isinstance(value, str) else as_json(value)


def _first_text(shape: Shape, default: object) -> str:
    if default is None:
        return ""
    plain = isinstance(default, str) and shape.get("type") == "string" and "enum" not in shape
    return str(default) if plain else as_json(default)


def _kind(shape: Shape, required: bool) -> str:
    speaks_for_itself = "enum" in shape or shape.get("type") == "boolean"
    words = ["" if speaks_for_itself else kind_of(shape), "needed" if required else ""]
    return ", ".join(word for word in words if word)


def as_json(value: object) -> str:
    """On one line if it is short."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else json.dumps(value, ensure_ascii=False, indent=2)

"""Describes a Python type as the shape of a JSON value, in a small part of JSON Schema's words; {} is any JSON.

Words: type, format (date, date-time, time, uuid, decimal, password), nullable, enum, anyOf, items, properties,
required, additionalProperties, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems,
maxItems, title, description, default.
"""

import collections.abc
import datetime
import decimal
import enum
import json
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any

from worker.models import named, shape_of_model

MAX_DEPTH = 6
LONGEST_DEFAULT = 4_000

Shape = dict[str, Any]

SIMPLE: dict[Any, Shape] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.time: {"type": "string", "format": "time"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    decimal.Decimal: {"type": "string", "format": "decimal"},
}
"""Celery's JSON carries all of these as what they are."""

LISTS = (list, tuple, collections.abc.Iterable, collections.abc.Collection, collections.abc.Sequence)
OBJECTS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def shape(annotation: Any, depth: int = 0) -> Shape:
    """What a value of this type looks like as JSON; {} for a type that says nothing about it."""
    if annotation in (None, types.NoneType):
        return {"enum": [None]}
    if depth > MAX_DEPTH:
        return {}
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _of_generic(origin, typing.get_args(annotation), depth)
    if isinstance(annotation, typing.NewType):
        return shape(annotation.__supertype__, depth)
    return _of_class(annotation, depth) if isinstance(annotation, type) else {}


def _of_class(annotation: type, depth: int) -> Shape:
    if annotation in SIMPLE:
        return dict(SIMPLE[annotation])
    if annotation in LISTS:
        return {"type": "array"}
    if annotation in OBJECTS:
        return {"type": "object"}
    if issubclass(annotation, enum.Enum):
        return _of_values([member.value for member in annotation])
    if typing.is_typeddict(annotation):
        return _of_typed_dict(annotation, depth)
    return shape_of_model(annotation) or {}


def _of_generic(origin: Any, arguments: tuple[Any, ...], depth: int) -> Shape:
    if origin is typing.Annotated:
        return shape(arguments[0], depth)
    if origin is typing.Literal:
        return _of_values([one.value if isinstance(one, enum.Enum) else one for one in arguments])
    if origin in (typing.Union, types.UnionType):
        return _of_union(arguments, depth)
    if origin in LISTS:
        return _of_list(origin, arguments, depth)
    return {"type": "object"} if origin in OBJECTS else {}


def _of_list(origin: Any, arguments: tuple[Any, ...], depth: int) -> Shape:
    one_type = len(arguments) == 1 or (origin is tuple and arguments[1:] == (Ellipsis,))
    items = shape(arguments[0], depth + 1) if one_type else {}
    return {"type": "array"} | ({"items": items} if items else {})


def _of_union(arguments: tuple[Any, ...], depth: int) -> Shape:
    shapes = [shape(one, depth + 1) for one in arguments if one is not types.NoneType]
    nullable = {"nullable": True} if len(shapes) < len(arguments) else {}
    if {} in shapes:
        return {}
    return (shapes[0] if len(shapes) == 1 else {"anyOf": shapes}) | nullable


def _of_values(values: list[Any]) -> Shape:
    """A choice of values, if JSON can say all of them."""
    sayable = all(one is None or isinstance(one, str | int | float | bool) for one in values)
    return {"enum": values} if sayable and values else {}


def _of_typed_dict(annotation: type, depth: int) -> Shape:
    properties = {name: named(name, shape(one, depth + 1)) for name, one in _hints(annotation).items()}
    return {"type": "object", "properties": properties, "required": sorted(annotation.__required_keys__)}  # type: ignore[attr-defined]


def _hints(annotation: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(annotation)
    except Exception:  # a name that is not there at run time
        return dict.fromkeys(annotation.__annotations__, Any)


def default(value: object) -> Any:
    """A default as JSON says it. Raises ValueError for one that it cannot say."""
    told = value.value if isinstance(value, enum.Enum) else value
    for kind, say in SAID.items():
        if isinstance(told, kind):
            return say(told)
    if isinstance(told, tuple):
        told = list(told)
    try:
        text = json.dumps(told, allow_nan=False)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if len(text) > LONGEST_DEFAULT:
        raise ValueError("too long")
    return json.loads(text)


SAID: dict[type, Callable[[Any], str]] = {
    datetime.date: datetime.date.isoformat,  # a datetime is one
    datetime.time: datetime.time.isoformat,
    uuid.UUID: str,
    decimal.Decimal: str,
}

"""Turns values by parameter into a task's arguments, or says of each field what is wrong with it."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from app.checks import Faults, Path, checked
from app.errors import BadFields

NEEDED = "This is needed."
MOST_TOLD = 50
LONGEST_NAME = 200

Parameter = Mapping[str, Any]


def arguments(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The args and kwargs of a call. `*args` are given as a list under their name, `**kwargs` as an object.

    Raises BadFields, which names every field that is wrong.
    """
    faults: Faults = {(name,): "The task takes no such argument." for name in given.keys() - _names(parameters)}
    values = {
        one["name"]: checked(one.get("shape", {}), given[one["name"]], (one["name"],), faults)
        for one in parameters
        if one["name"] in given
    }
    for one in parameters:
        if one.get("required") and one["name"] not in given:
            faults[(one["name"],)] = NEEDED
    if not faults:
        args, kwargs = _placed(parameters, values, faults)
    if faults:
        raise BadFields(told(faults))
    return args, kwargs


def told(faults: Faults) -> dict[str, str]:
    """By field, such as `order.items[2].price`; the first of them, as a list may have thousands."""
    return {name_of(path)[:LONGEST_NAME]: message for path, message in islice(faults.items(), MOST_TOLD)}


def name_of(path: Path) -> str:
    """How a place in the arguments is written."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _names(parameters: Sequence[Parameter]) -> set[str]:
    return {one["name"] for one in parameters}


def _placed(
    parameters: Sequence[Parameter], values: Mapping[str, Any], faults: Faults
) -> tuple[list[Any], dict[str, Any]]:
    """By position what must be, the rest by name, so that the task's own defaults stay its own."""
    by_position = [one for one in parameters if one["kind"].startswith("positional_")]
    rest = [value for one in parameters if one["kind"] == "var_positional" for value in values.get(one["name"]) or ()]
    first = by_position[: _most_by_position(by_position, values, bool(rest))]
    args = [_value_or_default(one, values, faults) for one in first]
    by_name = [one["name"] for one in parameters if not one["kind"].startswith("var_") and one not in first]
    kwargs = {name: values[name] for name in by_name if name in values}
    for one in parameters:
        if one["kind"] == "var_keyword":
            _add_options(one["name"], values.get(one["name"]) or {}, _keywords(parameters), kwargs, faults)
    return args + rest, kwargs


def _most_by_position(by_position: Sequence[Parameter], values: Mapping[str, Any], has_rest: bool) -> int:
    only = [at for at, one in enumerate(by_position, 1) if one["kind"] == "positional_only" and one["name"] in values]
    return len(by_position) if has_rest else max(only, default=0)


def _value_or_default(parameter: Parameter, values: Mapping[str, Any], faults: Faults) -> Any:
    name = parameter["name"]
    if name in values:
        return values[name]
    if "default" not in parameter:
        faults[(name,)] = "This is needed, as something is given that comes after it."
        return None
    return checked(parameter.get("shape", {}), parameter["default"], (name,), faults)


def _keywords(parameters: Sequence[Parameter]) -> set[str]:
    return {one["name"] for one in parameters if one["kind"] in ("positional_or_keyword", "keyword_only")}


def _add_options(
    field: str, options: Mapping[str, Any], taken: set[str], kwargs: dict[str, Any], faults: Faults
) -> None:
    for name, value in options.items():
        if name in taken:
            faults[(field, name)] = "This argument has a field of its own."
        kwargs[name] = value

"""What a task takes: its parameters and its docstring, as a form or a program can be told of them."""

import inspect
import types
import typing
from typing import Any

from worker import shapes
from worker.masking import is_masked
from worker.models import named
from worker.shapes import Shape

LONGEST_DOC = 4_000
MOST_PARAMETERS = 100
ANYTHING = [
    {"name": "args", "kind": "var_positional", "shape": {"type": "array"}, "required": False},
    {"name": "kwargs", "kind": "var_keyword", "shape": {"type": "object"}, "required": False},
]
"""What is said of a task that does not say what it takes."""


def describe(task: Any) -> dict[str, Any]:
    """`{doc, parameters}` of a Celery task; each parameter is `{name, kind, shape, required, default?}`.

    kind: as `inspect.Parameter` calls it, in lower case. A bound task's `self` is not among them.
    """
    try:
        signature = inspect.signature(task.run)
    except (TypeError, ValueError):
        return {"doc": _doc(task), "parameters": ANYTHING}
    listed = list(signature.parameters.values())[:MOST_PARAMETERS]
    return {"doc": _doc(task), "parameters": [_parameter(task, one) for one in listed]}


def _doc(task: Any) -> str:
    return inspect.cleandoc(str(task.__doc__ or task.run.__doc__ or ""))[:LONGEST_DOC]


def _parameter(task: Any, parameter: inspect.Parameter) -> dict[str, Any]:
    kind = parameter.kind.name.lower()
    if kind.startswith("var_"):
        is_list = kind == "var_positional"
        inner = {"items": _shape(task, parameter)} if is_list else {}
        whole: Shape = {"type": "array" if is_list else "object"}
        return {"name": parameter.name, "kind": kind, "shape": whole | inner, "required": False}
    required = parameter.default is parameter.empty
    shape = _shape(task, parameter)
    if shape and parameter.default is None:  # `count: int = None` is often written
        shape["nullable"] = True
    told = {"name": parameter.name, "kind": kind, "shape": shape, "required": required}
    return told if required else told | _default(parameter)


def _default(parameter: inspect.Parameter) -> dict[str, Any]:
    """Not one that nobody is to be shown, or can be: the function has it nevertheless."""
    if is_masked(parameter.name, parameter.default):
        return {}
    try:
        return {"default": shapes.default(parameter.default)}
    except ValueError:
        return {}


def _shape(task: Any, parameter: inspect.Parameter) -> Shape:
    if parameter.annotation is parameter.empty:
        return {}
    try:
        return named(parameter.name, shapes.shape(_resolved(task, parameter.annotation)))
    except Exception:  # whatever a type of somebody else's does when it is looked at
        return {}


def _resolved(task: Any, annotation: Any) -> Any:
    """The type itself where the annotation is a text, as with `from __future__ import annotations`."""
    function = inspect.unwrap(task.run)
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    return typing.get_type_hints(holder, globalns=getattr(function, "__globals__", {}))["it"]

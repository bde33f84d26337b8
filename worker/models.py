"""The shape of a pydantic model, from its JSON Schema; pydantic itself is never imported here."""

import logging
from collections.abc import Mapping
from typing import Any

from worker.masking import is_masked, looks_secret

MAX_DEPTH = 6
COPIED = (
    *("type", "format", "enum", "title", "description", "minLength", "maxLength", "minItems", "maxItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)

logger = logging.getLogger(__name__)


def shape_of_model(annotation: Any) -> dict[str, Any] | None:
    """What a model's values look like as JSON, or None for a class that is no pydantic model."""
    if not callable(getattr(annotation, "model_json_schema", None)):
        return None
    try:
        schema = annotation.model_json_schema()
        return _shape(schema, schema.get("$defs", {}), 0)
    except Exception as error:  # a field that has no JSON
        logger.info("%s is asked for as JSON: %s", annotation.__name__, error)
        return {"type": "object"}


def named(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """The shape of what goes by this name: what looks like a secret is typed unseen, and its default is not told."""
    if "default" in shape and is_masked(name, shape["default"]):
        shape = {word: told for word, told in shape.items() if word != "default"}
    if shape.get("type") == "string" and "enum" not in shape and "format" not in shape and looks_secret(name):
        return shape | {"format": "password"}
    return shape


def _shape(schema: Any, definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return {}
    if "$ref" in schema:
        referred = definitions.get(schema["$ref"].rpartition("/")[2])
        return _shape(referred, definitions, depth + 1) | _copied(schema)
    if len(schema.get("allOf", ())) == 1:
        return _shape(schema["allOf"][0], definitions, depth) | _copied(schema)
    if "anyOf" in schema:
        return _of_any(schema, definitions, depth)
    return _copied(schema) | _inside(schema, definitions, depth)


def _copied(schema: Mapping[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "null":
        return {"enum": [None]}
    constant = {"enum": [schema["const"]]} if "const" in schema else {}
    default = {"default": schema["default"]} if "default" in schema else {}
    return {word: schema[word] for word in COPIED if word in schema} | constant | default


def _inside(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(schema.get("items"), dict):
        found["items"] = _shape(schema["items"], definitions, depth + 1)
    if isinstance(schema.get("properties"), dict):
        inner = {name: named(name, _shape(one, definitions, depth + 1)) for name, one in schema["properties"].items()}
        found["properties"] = inner
        found["required"] = list(schema.get("required", ()))
        found["additionalProperties"] = schema.get("additionalProperties") is True
    return found


def _of_any(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    shapes = [_shape(one, definitions, depth + 1) for one in schema["anyOf"] if one.get("type") != "null"]
    nullable = {"nullable": True} if len(shapes) < len(schema["anyOf"]) else {}
    if {} in shapes:
        return _copied(schema)
    return (shapes[0] if len(shapes) == 1 else {"anyOf": shapes}) | nullable | _copied(schema)

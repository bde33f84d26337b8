"""Reads the JSON object that a program, or a page's script, has sent."""

import json
from collections.abc import Collection
from typing import Any

from flask import request

from app.errors import BadFields, BadRequest

MOST_BYTES = 256_000


def read(known: Collection[str]) -> dict[str, Any]:
    """A JSON object with no other fields than `known`; an empty body is an empty object. Raises BadRequest."""
    request.max_content_length = MOST_BYTES
    given = request.get_data()
    try:
        body = json.loads(given, parse_constant=_refuse) if given else {}
    except (ValueError, RecursionError):
        raise BadRequest("The body is no JSON that can be read.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be an object.")
    if unknown := body.keys() - set(known):
        raise BadFields(dict.fromkeys(sorted(unknown), "Nothing of this name is known here."))
    return body


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")

"""JSON with parts that are JSON already."""

import json

import pytest

from app import ready_json
from app.ready_json import Ready


def test_ready_parts_are_written_as_they_are() -> None:
    value = {
        "room": "board",
        "rows": Ready('[{"note": "é \\u0000 \\\\"}, null]'),
        "more": [Ready("1"), "1", Ready('"1"')],
    }
    written = ready_json.dumps([value], separators=(",", ":"))
    assert '"rows":[{"note": "é' in written, "void: it was taken apart and written anew"
    assert json.loads(written) == [{"room": "board", "rows": [{"note": "é \0 \\"}, None], "more": [1, "1", "1"]}]


def test_what_cannot_be_written_is_refused_as_ever() -> None:
    with pytest.raises(TypeError, match="object cannot be written"):
        ready_json.dumps({"a": object()})

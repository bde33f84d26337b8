"""What a task was called with: as the board shows it, and exactly, so that it can be run again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from celery.utils.saferepr import saferepr
from kombu.utils import json as kombu_json

from worker import values
from worker.masking import masked

SHOWN_LENGTH = 1_024

MASKED = "Some of its arguments look secret, and such values are not kept here."
HIDDEN = "Its sender shows its arguments in words of its own, so they are not kept here."
TOO_LONG = f"Its arguments are longer than the {values.CALL_LENGTH:,} characters that are kept here."
NOT_JSON = "Its arguments cannot be written as JSON."

Repr = str | None


def fields(args: Any, kwargs: Any, argsrepr: Repr = None, kwargsrepr: Repr = None) -> dict[str, Any]:
    """The fields `args`, `kwargs` and `call` of a task's row.

    argsrepr, kwargsrepr: what Celery's message says of them; a sender may put there what people are to see instead.
    """
    if not isinstance(args, Sequence) or not isinstance(kwargs, Mapping):
        return {"args": argsrepr, "kwargs": kwargsrepr}
    args, argsrepr, kwargsrepr = tuple(args), argsrepr or None, kwargsrepr or None
    safe_args, safe_kwargs = masked(args), masked(kwargs)
    hides = argsrepr not in _reprs(args, list(args)) or kwargsrepr not in _reprs(dict(kwargs))
    has_secrets = safe_args is not args or safe_kwargs is not kwargs
    return {
        "args": argsrepr if hides else saferepr(tuple(safe_args), SHOWN_LENGTH),
        "kwargs": kwargsrepr if hides else saferepr(dict(safe_kwargs), SHOWN_LENGTH),
        "call": {"why": HIDDEN} if hides else {"why": MASKED} if has_secrets else _exact(args, kwargs),
    }


def read(text: str) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that a row's `call` has as `text`. Raises ValueError for what is no call."""
    try:
        call = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    args, kwargs = (call.get("args", []), call.get("kwargs", {})) if isinstance(call, dict) else (None, None)
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise ValueError("args must be a list and kwargs an object")
    return args, kwargs


def _reprs(*same: Any) -> set[Repr]:
    return {None, *(saferepr(one, SHOWN_LENGTH) for one in same)}


def _exact(args: Any, kwargs: Any) -> dict[str, str]:
    """As kombu writes it into the message: what is JSON only by its marks comes out as it was."""
    if values.is_long((args, kwargs), values.CALL_LENGTH):
        return {"why": TOO_LONG}
    try:
        text = kombu_json.dumps({"args": list(args), "kwargs": dict(kwargs)})
    except (TypeError, ValueError, RecursionError):
        return {"why": NOT_JSON}
    return {"text": text} if len(text) <= values.CALL_LENGTH else {"why": TOO_LONG}

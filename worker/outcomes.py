"""How a task ended, from what Celery says of it: the fields of the event that tells it."""

import time
from datetime import datetime
from typing import Any

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.states import IGNORED

from worker import states, values
from worker.losses import CHILD_DIED

WITHOUT_RESULT = {IGNORED: "It ended and asked for no result to be kept", states.REJECTED: "It refused its message"}
"""How a task ends that raises Ignore or Reject, unless it has set a final state itself: Celery sends no signal then."""

ERROR_LENGTH = 2_000

Fields = dict[str, Any]


def failure(error: object, traceback: str | None) -> Fields:
    """Of a task that raised `error`: `{error, summary, traceback}`."""
    text = _text(error)
    return {"error": text, "summary": _cause(error) or text, "traceback": traceback}


def retry(retries: int, reason: Any, traceback: str | None) -> Fields:
    """Of a task that is to run again: `{note, retries, eta, error, traceback}`. reason: Celery's Retry, or an error."""
    cause = getattr(reason, "exc", None) or reason
    fields = {"note": values.text(cause), "retries": retries + 1, "eta": _eta(reason)}
    return fields | {"error": _text(cause), "traceback": traceback}


def _text(error: object) -> str:
    return values.text(f"{type(error).__name__}: {values.text(error, ERROR_LENGTH)}", ERROR_LENGTH)


def _cause(error: object) -> str | None:
    """In words, where the exception's own text says little."""
    if isinstance(error, TimeLimitExceeded):
        return f"Stopped: it ran longer than its time limit of {error.args[0]:g} s"
    if isinstance(error, WorkerLostError):
        return CHILD_DIED if "prematurely" in str(error) else str(error)
    return None


def _eta(reason: Any) -> float | None:
    when = getattr(reason, "when", None)  # a time, or seconds from now
    if isinstance(when, datetime):
        return when.timestamp()
    return time.time() + when if isinstance(when, int | float) else None

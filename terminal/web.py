"""Asks the web over HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

TIMEOUT_S = 10.0


class NoAnswer(Exception):
    """Nobody answers at that address, or nobody who speaks as Pushboard does."""


class Refused(Exception):
    """The web answers that this cannot be had, and why. `code` is the protocol's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def get(url: str, path: str, asked: Mapping[str, object] | None = None) -> dict[str, Any]:
    """What the web answers, as JSON. Raises NoAnswer, or Refused."""
    given = {name: value for name, value in (asked or {}).items() if value not in (None, "")}
    address = f"{url}{path}?{urlencode(given)}"  # of http or https: see commands.py
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return _read(url, answer.read())
    except urllib.error.HTTPError as error:
        refusal = _read(url, error.read()).get("error")
        if not isinstance(refusal, dict):
            raise no_answer(url, f"it answers {error.code}") from error
        raise Refused(str(refusal.get("code")), str(refusal.get("message"))) from error
    except (OSError, ValueError) as error:
        raise no_answer(url, getattr(error, "reason", error)) from error


def no_answer(url: str, reason: object) -> NoAnswer:
    """Says where it was looked for, and what to do."""
    return NoAnswer(f"No Pushboard answers at {url} ({reason}). Is it running there? Name another with --url.")


def _read(url: str, body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise no_answer(url, "what answers there is none") from error
    if not isinstance(answer, dict):
        raise no_answer(url, "what answers there is none")
    return answer

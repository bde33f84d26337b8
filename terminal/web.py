"""Asks the web over HTTP."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from terminal import clean

TIMEOUT_S = 10.0
LONGEST_REASON = 200
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NoAnswer(Exception):
    """Nobody answers at that address, or nobody who speaks as Pushboard does."""


class Refused(Exception):
    """The web answers that this cannot be had, and why. `code` is the protocol's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(clean.plain(message))
        self.code = code


def get(url: str, path: str, asked: Mapping[str, object] | None = None) -> dict[str, Any]:
    """What the web answers, as JSON. Raises NoAnswer, or Refused."""
    given = {name: value for name, value in (asked or {}).items() if value not in (None, "")}
    address = f"{url}{path}?{urlencode(given)}"
    try:
        with _opener(url).open(address, timeout=TIMEOUT_S) as answer:
            return _read(url, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(url, error.code, error.read()) from error
    except (OSError, ValueError) as error:
        raise no_answer(url, getattr(error, "reason", error)) from error


def _opener(url: str) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(*[urllib.request.ProxyHandler({})] * _is_here(url))


def _is_here(url: str) -> bool:
    """Between this machine and itself stands no proxy, whatever the environment says."""
    return urlsplit(url).hostname in LOOPBACK


def socket_to_here(url: str, timeout_s: float) -> socket.socket | None:
    """A socket to a web on this machine, None for another: there websocket-client asks the environment for a proxy."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not _is_here(url):
        return None
    return socket.create_connection((parts.hostname, parts.port or 80), timeout_s)


def no_answer(url: str, reason: object) -> NoAnswer:
    """Says where it was looked for, and what to do."""
    why = clean.cut(clean.plain(reason), LONGEST_REASON)
    return NoAnswer(f"No Pushboard answers at {url} ({why}). Is it running there? Name another with --url.")


def _refused(url: str, code: int, body: bytes) -> Exception:
    try:
        refusal = json.loads(body)["error"]
        return Refused(str(refusal["code"]), str(refusal["message"]))
    except (ValueError, TypeError, KeyError):
        words = body.decode(errors="replace").strip() if not body.lstrip().startswith(b"<") else ""
        return no_answer(url, f"it answers {code}: {words}" if words else f"it answers {code}")


def _read(url: str, body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise no_answer(url, "what answers there is none") from error
    if not isinstance(answer, dict):
        raise no_answer(url, "what answers there is none")
    return answer

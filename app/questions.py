"""What a person asks the list for, as its address says it; nothing in it is trusted."""

import math
from collections.abc import Mapping

from app.errors import BadRequest
from worker import states
from worker.query import KINDS, LONGEST_TEXT, MOST_ROWS, Query

NAMES = frozenset({"state", "name", "queue", "worker", "q", "since", "until", "order", "after", "skip", "most"})
MOST_SKIPPED = 10_000_000


def read(given: Mapping[str, str]) -> Query:
    """A query from the parameters of an address. Raises BadRequest, which names what cannot be used."""
    unknown = set(given) - NAMES
    if unknown:
        raise BadRequest(f"There is no parameter {sorted(unknown)[0]!r}. These there are: {', '.join(sorted(NAMES))}.")
    if given.get("order", "newest") not in ("newest", "oldest"):
        raise BadRequest("order must be newest or oldest.")
    query = Query(
        filters=_filters(given),
        text=_text(given, "q"),
        since=_time(given, "since"),
        until=_time(given, "until"),
        oldest_first=given.get("order") == "oldest",
        after=_after(given.get("after", "")),
        skip=_number(given, "skip", 0, MOST_SKIPPED),
        most=_number(given, "most", 1, MOST_ROWS, MOST_ROWS),
    )
    if query.skip and (query.after or not query.is_counted):
        raise BadRequest("skip is for a list without q, with one filter at most, and without after.")
    return query


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    group = given.get("state", "")
    if group and group not in states.GROUPS:
        raise BadRequest(f"state must be one of {', '.join(states.GROUPS)}.")
    found = {"group": group} | {kind: _text(given, kind) for kind in KINDS if kind != "group"}
    return {kind: value for kind, value in found.items() if value}


def _text(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if len(text) > LONGEST_TEXT:
        raise BadRequest(f"{name} must have at most {LONGEST_TEXT} characters.")
    return text


def _time(given: Mapping[str, str], name: str) -> float | None:
    try:
        at_s = float(given[name]) if given.get(name) else None
    except ValueError:
        at_s = math.nan
    if at_s is not None and not 0 <= at_s < 1e11:  # NaN is in no range
        raise BadRequest(f"{name} must be a time in seconds since 1970.")
    return at_s


def _after(given: str) -> str:
    if given and not (given.isascii() and given.isdecimal() and len(given) <= 16):
        raise BadRequest("after must be the `next` of the page before, or the `heard` of a row.")
    return given


def _number(given: Mapping[str, str], name: str, least: int, most: int, otherwise: int = 0) -> int:
    text = given.get(name, str(otherwise))
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
        raise BadRequest(f"{name} must be a number from {least} to {most}.")
    return int(text)

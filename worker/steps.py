"""A task's timeline: each step is a field of its row, so that conflating changes loses none.

The script `append.lua` writes them: step `n` into the field `step<n>` for the first 20, and the later ones in turn into
40 more. It keeps the ids of the first 100 tasks that a task has sent as well.

Watchers are told a step as an object; its row in Redis keeps the values alone, in the order of ALWAYS, OWN and PARTS:
the kind as its place in PARTS, the time in microseconds since the task was heard of first.
"""

from typing import Any

FIRST, LAST = 20, 40
"""How many steps are kept: the first ones, and of those after them the last ones."""

STEPS = tuple(f"step{slot}" for slot in range(FIRST + LAST))
"""The fields of a row that have its steps; most rows have few of them."""

ALWAYS, OWN = ("n", "kind", "at", "attempt"), ("run", "lines")

_REPORT, _LATER, _ACTION = ("current", "total", "note", "state"), ("note", "eta"), ("action", "outcome", "by", "why")
PARTS = {
    "sent": ("queue", "eta"),
    "received": ("worker", "eta"),
    "started": ("worker", "overtakes"),
    "reported": _REPORT,
    "quarter": _REPORT,
    "retried": _LATER,
    "put-back": _LATER,
    "ended": ("state", "summary"),
    "asked": _ACTION,
    "seen": _ACTION,
    "told": _ACTION,
}
"""What a step of each kind says beside; of this, and of OWN, what is not known is left out."""

KINDS = tuple(PARTS)
"""The script knows the places of them: new ones come last."""

MOST_CHILDREN = 100
CHILDREN = tuple(f"child{place}" for place in range(MOST_CHILDREN))
"""Where a row in Redis has the ids of the tasks that it has sent; no part of what watchers are told."""


def opened(kept: Any, heard_us: int) -> Any:
    """A step as watchers know it, from what its row keeps; `heard_us` is when the task was heard of first."""
    if not isinstance(kept, list):
        return kept
    (n, kind, at, attempt), rest = kept[: len(ALWAYS)], kept[len(ALWAYS) :]
    if isinstance(kind, int):  # else it was written by a version before, with its name and its time
        kind, at = KINDS[kind], None if at is None else (heard_us + at) / 1_000_000
    more = zip((*OWN, *PARTS[kind]), rest, strict=False)  # without what is null at its end
    head = dict(zip(ALWAYS, (n, kind, at, attempt), strict=True))
    return head | {name: value for name, value in more if value is not None}

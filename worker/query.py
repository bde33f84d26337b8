"""What the list asks of the table: filters, a text, a time, an order, a page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from worker import keys, values
from worker.events import BOARD_FIELDS

KINDS = ("group", "name", "queue", "worker")
"""What the list is indexed by."""

SEARCHED = ("name", "note", "summary", "worker", "args", "kwargs")
"""Where a text is looked for, beside the task_id."""

MOST_ROWS = 200
MOST_LOOKED_AT = 1_000
"""Rows that one query looks at: less than 10 ms of Redis' time. What lies behind is for the next page."""

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Query:
    """One page of the list.

    filters: kind -> value, of KINDS. text: any part of what SEARCHED names; a-z stand for A-Z too. since, until: when
    the task was first heard of, in seconds since 1970 by Redis' clock. after: `next` of the page before, or any row's
    `heard`. skip: begin after so many rows; only for a query that `is_counted`, and without `after`.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    since: float | None = None
    until: float | None = None
    oldest_first: bool = False
    after: str = ""
    skip: int = 0
    most: int = MOST_ROWS

    @property
    def is_counted(self) -> bool:
        """Whether one index has it all, so that places and the total are known without reading rows."""
        return not self.text and len(self.filters) <= 1

    def encode(self) -> list[str | int]:
        """The script's arguments."""
        order = "oldest" if self.oldest_first else "newest"
        times = [_score(self.since, "-inf"), _score(self.until, "+inf")]
        filters = [
            part for kind, value in self.filters.items() for part in (kind, json.dumps(value, ensure_ascii=False))
        ]
        head: list[str | int] = [keys.BY, keys.ROW, self.most, MOST_LOOKED_AT, order, self.after, self.skip, *times]
        return [*head, _needle(self.text), len(self.filters), *filters, len(SEARCHED), *SEARCHED, *BOARD_FIELDS]


def _stored(text: str) -> str:
    """A text as rows have it."""
    return json.dumps(values.text(text, LONGEST_TEXT), ensure_ascii=False)


def _needle(text: str) -> str:
    """What to look for within a text as rows have it. Redis' Lua knows the letters of ASCII alone."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in _stored(text)[1:-1])


def _score(at_s: float | None, otherwise: str) -> str:
    """An offset is microseconds of Redis' clock."""
    return otherwise if at_s is None else f"{at_s * 1_000_000:.0f}"

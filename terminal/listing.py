"""Prints the list of tasks, and how many there are."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from terminal import clean, web, words
from worker import states

MOST_OF_A_PAGE = 200
PATH = "/api/tasks"


def show(url: str, asked: Mapping[str, object], most: int, colours: bool, in_json: bool) -> None:
    """The tasks that are asked for, then, beside them, the counts. Raises NoAnswer or Refused."""
    columns, shown = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize, 0
    for row in _rows(url, asked, most):
        sys.stdout.write((clean.as_json(row) if in_json else words.listed(row, columns, colours)) + "\n")
        shown += 1
    if not in_json:
        sys.stdout.flush()
        sys.stderr.write(f"{_counted(url, asked, shown)}\n")


def _rows(url: str, asked: Mapping[str, object], most: int) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while most > 0 and after != "":
        page = web.get(url, PATH, {**asked, "after": after, "most": min(most, MOST_OF_A_PAGE)})
        yield from page["rows"]
        most, after = most - len(page["rows"]), page["next"]


def _counted(url: str, asked: Mapping[str, object], shown: int) -> str:
    if not any(asked.get(name) for name in ("name", "queue", "worker", "q", "since", "until")):
        counts = {group: _total(url, {"state": group}) or 0 for group in states.GROUPS}
        told = ", ".join(f"{count:,} {group}" for group, count in counts.items() if count)
        return f"{shown} shown. {told or 'There are no tasks yet'}."
    total = _total(url, asked)
    return f"{shown} shown." if total is None else f"{shown} of {total:,} shown."


def _total(url: str, asked: Mapping[str, object]) -> int | None:
    total: int | None = web.get(url, PATH, {**asked, "most": 1})["total"]
    return total

"""Watches tasks until they have ended."""

import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TextIO
from urllib.parse import quote

from terminal import clean, story, web, words
from terminal.line import Line
from terminal.room import Room, Row
from terminal.subscriptions import Subscriptions
from worker import states

BETWEEN_DRAWINGS_S = 0.05


class Screen:
    """Some lines at the bottom of a terminal, drawn over and over."""

    def __init__(self, out: TextIO, colours: bool) -> None:
        """Nothing is drawn."""
        self._out, self._colours = out, colours
        self._widths: list[int] = []
        self._drawn_at = 0.0

    def show(self, rows: Sequence[Row], is_last: bool) -> None:
        """Draw each task in a line of its own, though not more often than anybody sees."""
        if not is_last and time.monotonic() - self._drawn_at < BETWEEN_DRAWINGS_S:
            return
        columns, height = shutil.get_terminal_size()
        columns, room = max(columns - 1, 1), height - 2
        if len(rows) > room and not is_last:
            rows = sorted(rows, key=lambda row: states.is_final(words.state_of(row)))
        shown = rows if is_last else rows[: max(room, 1)]
        lines = [words.bar(row, columns, self._colours) for row in shown]
        if len(shown) < len(rows):
            lines.append(clean.cut(f"… and {len(rows) - len(shown)} more", columns))
        self._out.write(self._back() + "".join(f"{line}\n" for line in lines))
        self._out.flush()
        self._widths = [clean.width(clean.COLOUR.sub("", line)) for line in lines]
        self._drawn_at = time.monotonic()

    def say(self, text: str) -> None:
        """A line above them."""
        self._out.write(self._back())
        self._out.flush()
        self._widths, self._drawn_at = [], 0.0
        sys.stderr.write(f"{clean.plain(text)}\n")
        sys.stderr.flush()

    def _back(self) -> str:
        """To where drawing began, all below it taken away. A terminal that has become narrower has broken the lines."""
        columns = max(shutil.get_terminal_size().columns, 1)
        lines = sum(max(1, -(-width // columns)) for width in self._widths)
        return f"\x1b[{lines}A\r\x1b[J" if lines else ""


class Paper:
    """Lines one below the other, for a file or a pipe: what happens, and each tenth of the way."""

    def __init__(self, out: TextIO, as_json: bool) -> None:
        """Nothing is told."""
        self._out, self._as_json = out, as_json
        self._stories: defaultdict[str, story.Story] = defaultdict(story.Story)
        self._told: dict[str, str] = {}

    def show(self, rows: Sequence[Row], is_last: bool) -> None:
        """Print what is news."""
        for row in (row for row in rows if self._told.get(row["task_id"]) != row["offset"]):
            self._told[row["task_id"]] = row["offset"]
            for step in self._stories[row["task_id"]].news(row):
                self._out.write(f"{self._line(row, step)}\n")
        self._out.flush()

    def _line(self, row: Row, step: story.Step) -> str:
        if self._as_json:
            return clean.as_json({"task_id": row["task_id"], "name": row.get("name")} | step)
        who = f"{words.name_of(row)}[{clean.plain(row['task_id'])[: words.ID_CHARACTERS]}]"
        return f"{words.clock(step['at'])} {who} {story.in_words(step)}"

    def say(self, text: str) -> None:
        """Beside what is printed."""
        sys.stderr.write(f"{clean.plain(text)}\n")
        sys.stderr.flush()


def shown_on(out: TextIO, colours: bool, in_json: bool) -> Screen | Paper:
    """Drawn over and over where that can be."""
    draws = out.isatty() and os.environ.get("TERM") != "dumb" and not in_json
    return Screen(out, colours) if draws else Paper(out, in_json)


def run(url: str, task_ids: Sequence[str], colours: bool, in_json: bool) -> bool:
    """Show these tasks until all have ended; whether all have succeeded. Raises NoAnswer or Refused."""
    for task_id in task_ids:
        _look_up(url, task_id)
    shown, line = shown_on(sys.stdout, colours, in_json), Line(url)
    line.open()
    try:
        return _watch(line, task_ids, shown)
    finally:
        line.close()


def _look_up(url: str, task_id: str) -> None:
    """Whether there is such a task is better known before than when all are watched."""
    try:
        web.get(url, f"/api/tasks/{quote(task_id, safe='')}")
    except web.Refused as refused:
        if refused.code == "unknown_task":  # else it may have an id that is no part of an address: its room will say
            raise web.Refused(refused.code, f"{task_id}: {refused}") from refused


def _watch(line: Line, task_ids: Sequence[str], shown: Screen | Paper) -> bool:
    rooms = [Room(f"task:{task_id}") for task_id in task_ids]
    for _ in Subscriptions(line, rooms, shown.say).changes():
        rows = [room.rows[task_id] for room, task_id in zip(rooms, task_ids, strict=True) if task_id in room.rows]
        reached = [words.state_of(row) for row in rows]
        is_last = len(rows) == len(task_ids) and all(map(states.is_final, reached))
        shown.show(rows, is_last)
        if is_last:
            return set(reached) == {states.SUCCESS}
    return False

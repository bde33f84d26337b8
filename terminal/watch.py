"""Watches tasks until they have ended."""

import json
import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

from terminal import words
from terminal.room import Room, Row
from terminal.subscriptions import Subscriptions

STEP = 0.1
"""Where nothing is redrawn, a line is printed for each tenth that is done."""


class Screen:
    """Some lines at the bottom of a terminal, drawn over and over."""

    def __init__(self, out: TextIO, colours: bool) -> None:
        self._out, self._colours = out, colours
        self._drawn = 0

    def show(self, rows: Sequence[Row]) -> None:
        """Draw each task in a line of its own."""
        columns = shutil.get_terminal_size().columns - 1
        lines = [words.task(row, columns, self._colours) for row in rows]
        self._out.write(self._back() + "".join(f"\x1b[2K{line}\n" for line in lines))
        self._out.flush()
        self._drawn = len(lines)

    def say(self, text: str) -> None:
        """A line above them."""
        self._out.write(f"{self._back()}\x1b[2K{text}\n")
        self._drawn = 0

    def _back(self) -> str:
        return f"\x1b[{self._drawn}A\r" if self._drawn else ""


class Paper:
    """Lines one below the other, for a file or a pipe: each change of state, each tenth of the way."""

    def __init__(self, out: TextIO, as_json: bool) -> None:
        self._out, self._as_json = out, as_json
        self._told: dict[str, tuple[object, ...]] = {}

    def show(self, rows: Sequence[Row]) -> None:
        """Print those of which there is something new to say."""
        for row in rows:
            part = words.share(row)
            news = (row["state"], row.get("attempt"), None if part is None else int(part / STEP + 1e-9))
            if self._told.get(row["task_id"]) != news:
                self._told[row["task_id"]] = news
                self._out.write((json.dumps(row) if self._as_json else words.task(row, 10_000, False)) + "\n")
        self._out.flush()

    def say(self, text: str) -> None:
        """Beside what is printed."""
        sys.stderr.write(f"{text}\n")


def watch(subscriptions: Subscriptions, rooms: Sequence[Room], task_ids: Sequence[str], shown: Screen | Paper) -> bool:
    """Show these tasks until all have ended; whether all have succeeded. Raises Refused."""
    for _ in subscriptions.changes():
        rows = [room.rows[task_id] for room, task_id in zip(rooms, task_ids, strict=True) if task_id in room.rows]
        shown.show(rows)
        if len(rows) == len(task_ids) and all(row["state"] in words.FINAL for row in rows):
            return all(row["state"] == "SUCCESS" for row in rows)
    return False

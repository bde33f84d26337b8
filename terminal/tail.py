"""Prints log lines, those that are kept and then each new one."""

import sys
from collections.abc import Mapping
from typing import Any

from terminal import clean, words
from terminal.line import Line
from terminal.logs import LogLines
from terminal.subscriptions import Subscriptions


def show(
    url: str, wanted: Mapping[str, str], begin: int | float, colours: bool, in_json: bool, *, follow: bool
) -> None:
    """From the last so many lines on, or, given a float, from that moment on. Raises NoAnswer or Refused."""

    def write(row: dict[str, Any]) -> None:
        sys.stdout.write((clean.as_json(row) if in_json else words.log_line(row, colours)) + "\n")

    lines = LogLines(url, wanted, write)
    if isinstance(begin, float):
        lines.since(begin)
    else:
        lines.history(begin)
    sys.stdout.flush()
    if follow:
        _follow(Line(url), lines)


def _follow(line: Line, lines: LogLines) -> None:
    line.open()
    try:
        for _ in Subscriptions(line, [lines], _say).changes():
            sys.stdout.flush()
    finally:
        line.close()


def _say(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"{clean.plain(text)}\n")
    sys.stderr.flush()

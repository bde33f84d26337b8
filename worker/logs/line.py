"""A log line, and the chunk of lines in which a process ships what it has logged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

TEXT_LENGTH = 10_000
"""Characters of one line's text, with its traceback; what is longer is cut, and says so."""

NAME_LENGTH = 255


class Line(NamedTuple):
    """One log record.

    at: when, in seconds since the epoch by Redis' clock once it has been read from there, by the worker's own before.
    level: as logging names it. text: the message and its traceback, in one piece. task_id, task_name: of the task that
    ran, "" if none did. dropped: how many lines right before this one did not fit; a line without a level stands for
    these alone. run, number: which run of the task, and that it is this run's first line, second, ...; the steps that
    a run tells say how many lines came before them.
    """

    at: float
    level: str
    logger: str
    text: str
    task_id: str = ""
    task_name: str = ""
    dropped: int = 0
    run: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines come from. boot: names this very process, as process ids are used again."""

    worker: str
    pid: int
    process: str
    boot: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one process shipped at once. prev: the offset of the chunk before it, of whichever process."""

    offset: str
    prev: str
    source: Source
    lines: Sequence[Line]


def encode(lines: Sequence[Line]) -> bytes:
    """The lines as JSON, without what is empty at the end of each."""
    text = json.dumps([_short(line) for line in lines], separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair becomes JSON's own escape for it


def decode(offset: str, stored: Mapping[str, str]) -> Chunk:
    """A chunk from the stream. Raises ValueError if it is none of ours."""
    try:
        source = Source(stored["worker"], int(stored["pid"]), stored["process"], stored["boot"])
        ahead_s = float(stored["ahead_s"])
        lines = [_line(values, ahead_s) for values in json.loads(stored["lines"])]
        return Chunk(offset, stored["prev"], source, lines)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a chunk of log lines: {error}") from error


def _short(line: Line) -> list[Any]:
    values = [round(line.at, 6), *line[1:]]
    while values and not values[-1]:
        values.pop()
    return values


def _line(values: Sequence[Any], ahead_s: float) -> Line:
    at, *rest = values
    return Line(float(at) + ahead_s, *rest, *[""] * (3 - len(rest)))

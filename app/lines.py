"""Log lines as browsers are told of them, and which of them a question is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import BadRequest
from worker.logs.line import Chunk, Line

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
NAMES = frozenset({"worker", "name", "task", "level", "q", "before", "after", "most"})
LONGEST = 500
MOST_LINES = 500
LAST_OF_A_CHUNK = "9999"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are meant; "" is any. level: this one and worse; one that logging does not know counts as INFO."""

    worker: str = ""
    name: str = ""
    task: str = ""
    level: str = ""
    q: str = ""

    def takes(self, chunk: Chunk, line: Line) -> bool:
        """Whether the line is among them. One that only says that lines are missing is: nobody knows what they were."""
        if self.worker not in ("", chunk.source.worker):
            return False
        is_gap = not line.text
        return is_gap or (
            self.name in ("", line.task_name)
            and self.task in ("", line.task_id)
            and _rank(line.level) >= _rank(self.level or LEVELS[0])
            and self.q.casefold() in line.text.casefold()
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks the logs for. before, after: a place, as `offset` of a line; most: how many lines."""

    filter: Filter
    before: str
    after: str
    most: int


def read(given: Mapping[str, str]) -> Question:
    """A question from the parameters of an address. Raises BadRequest, which names what cannot be used."""
    unknown = set(given) - NAMES
    if unknown:
        raise BadRequest(f"There is no parameter {sorted(unknown)[0]!r}. These there are: {', '.join(sorted(NAMES))}.")
    for name, text in given.items():
        if len(text) > LONGEST:
            raise BadRequest(f"{name} must have at most {LONGEST} characters.")
    level = given.get("level", "").upper()
    if level and level not in LEVELS:
        raise BadRequest(f"level must be one of {', '.join(LEVELS)}.")
    before, after = _place(given, "before"), _place(given, "after")
    if before and after:
        raise BadRequest("Give before or after, not both.")
    wanted = Filter(given.get("worker", ""), given.get("name", ""), given.get("task", ""), level, given.get("q", ""))
    return Question(wanted, before, after, _most(given))


def chunk_of(place: str) -> str:
    """The offset of the chunk in which a line is."""
    return place.partition("-")[0]


def end_of(chunk: str) -> str:
    """The place behind the last line of a chunk: all its lines are at or before it."""
    return f"{chunk}-{LAST_OF_A_CHUNK}" if chunk else ""


def rows(chunks: Iterable[Chunk], wanted: Filter) -> list[Row]:
    """The lines that are meant, in their order; a task's own say which run of it they are of, and where in it."""
    row = _row_of_task if wanted.task else _row
    return [
        row(chunk, at, line) for chunk in chunks for at, line in enumerate(chunk.lines) if wanted.takes(chunk, line)
    ]


def _row_of_task(chunk: Chunk, at: int, line: Line) -> Row:
    place = {"run": line.run, "number": line.number} if line.run else {}
    return _row(chunk, at, line) | place


def _row(chunk: Chunk, at: int, line: Line) -> Row:
    source = {"worker": chunk.source.worker, "pid": chunk.source.pid, "process": chunk.source.process}
    said = {"at": line.at, "level": line.level, "logger": line.logger, "text": line.text}
    said |= {"task": line.task_id, "name": line.task_name, "dropped": line.dropped}
    place = f"{chunk.offset}-{at:04}"
    return {"id": place, "offset": place, **source, **{name: value for name, value in said.items() if value}}


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else 1


def _place(given: Mapping[str, str], name: str) -> str:
    place = given.get(name, "")
    chunk, _, line = place.partition("-")
    if place and not (len(place) <= 21 and chunk.isascii() and chunk.isdecimal() and (line or "0").isdecimal()):
        raise BadRequest(f"{name} must be the `offset` of a line, or microseconds since 1970.")
    return place


def _most(given: Mapping[str, str]) -> int:
    text = given.get("most", str(MOST_LINES))
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_LINES):
        raise BadRequest(f"most must be a number from 1 to {MOST_LINES}.")
    return int(text)

"""The mail about an alarm: what went wrong, how often, where to look, and the last log lines."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from worker.logs.journal import Journal
from worker.logs.line import Chunk, Line
from worker.mail import Mail
from worker.task_ended import one_line

TEMPLATES = Path(__file__).parents[1] / "templates" / "mail"
MOST_LINES = 50
LINE_LENGTH, TEXT_LENGTH = 300, 2_000
LOOKED_AT = 400
"""Chunks of the journal: so far back a worker's last lines are looked for."""

WORDS = {
    "failed": "Failed",
    "lost": "Lost with its worker",
    "stalled": "Stalled",
    "worker": "A worker is gone",
    "queue": "A queue is not emptied",
    "more": "Too much at once",
}


def mail(alarm: Mapping[str, Any], to: str, message_id: str, lines: Sequence[str]) -> Mail:
    """To one address. lines: the last ones that were logged."""
    subject, detail = one_line(alarm["subject"], LINE_LENGTH), one_line(alarm.get("detail") or "", LINE_LENGTH)
    what = f"{WORDS[alarm['kind']]}: {subject}" + (f" ({detail})" if detail else "")
    shown = {
        "what": what,
        "said": one_line(alarm.get("said") or "", TEXT_LENGTH),
        "times": max(int(alarm["count"]), 1),
        "since": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(alarm["since"])),
        "url": alarm["url"] + path_of(alarm),
        "logs_url": alarm["url"] + _logs_of(alarm),
        "lines": lines,
        "last_of": alarm.get("last_of", 0),
        "board_url": alarm["url"] + "/",
    }
    return Mail(to, f"[Pushboard] {what}", _template().render(shown), message_id)


def path_of(alarm: Mapping[str, Any]) -> str:
    """The page that shows what it is about. Raises nothing: a name in it is quoted."""
    if alarm["kind"] in ("worker", "queue"):
        return "/workers"
    return f"/tasks/{_quoted(alarm['task_id'])}" if alarm.get("task_id") else "/"


def _logs_of(alarm: Mapping[str, Any]) -> str:
    if alarm["kind"] == "worker":
        return f"/logs?worker={_quoted(alarm['subject'])}"
    return f"/logs?task={_quoted(alarm['task_id'])}" if alarm.get("task_id") else "/logs"


def last_lines(journal: Journal, alarm: Mapping[str, Any]) -> list[str]:
    """The last ones of the task or the worker; of a queue's nobody knows whose they would be. May raise RedisError."""
    if alarm["kind"] == "worker":
        chunks = reversed(
            [chunk for chunk in journal.read_before("", LOOKED_AT) if chunk.source.worker == alarm["subject"]]
        )
    else:
        chunks = iter(journal.of_task(alarm["task_id"]) if alarm.get("task_id") else ())
    return list(_told(chunks))[-MOST_LINES:]


def _told(chunks: Iterable[Chunk]) -> Iterator[str]:
    for chunk in chunks:
        yield from (_line(chunk, line) for line in chunk.lines if line.text)


def _line(chunk: Chunk, line: Line) -> str:
    at = time.strftime("%H:%M:%S", time.gmtime(line.at))
    first, *more = line.text.splitlines() or [""]
    head = one_line(f"{at} {line.level:<8} {chunk.source.worker} {first}", LINE_LENGTH)
    return "\n".join([head, *(f"    {one_line(text, LINE_LENGTH)}" for text in more)])


def _quoted(text: str) -> str:
    return quote(text, safe="")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - a mail is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("alarm.txt")

"""The mail that tells of a task's end. What tasks say of themselves goes into it as one line of bounded length."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from worker import states
from worker.mail import Mail

TEMPLATES = Path(__file__).parents[1] / "templates" / "mail"
NAME_LENGTH, SAID_LENGTH = 120, 300

WORDS = {
    states.SUCCESS: "Succeeded",
    states.FAILURE: "Failed",
    states.REVOKED: "Revoked",
    states.REJECTED: "Rejected",
    states.LOST: "Lost with its worker",
}

_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def mail(telling: Mapping[str, str], row: Mapping[str, Any], message_id: str) -> Mail:
    """The mail for who asked. `telling`: `{email, url}`; `row`: the ended task's."""
    name = one_line(row.get("name") or "A task", NAME_LENGTH)
    state = WORDS.get(row.get("state") or "", "Ended")
    said = one_line(row.get("summary") or row.get("note") or "", SAID_LENGTH)
    shown = {"name": name, "state": state, "said": said, "took": _took(row), "url": telling["url"]}
    return Mail(telling["email"], f"{state}: {name}", _template().render(shown), message_id)


def one_line(text: object, most: int) -> str:
    """Without what could end a line, hide or turn text round."""
    line = " ".join(_NOT_SHOWN.sub(" ", str(text)).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def duration(seconds: float) -> str:
    """In words: `0.4 s`, `41 s`, `3 min 5 s`, `2 h 5 min`, `3 d 2 h`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    for size, unit, smaller, smaller_unit in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller} {smaller_unit}"
    return f"{whole} s"


def _took(row: Mapping[str, Any]) -> str:
    began, ended = row.get("started_at"), row.get("ended_at")
    return duration(ended - began) if began and ended else ""


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False, undefined=StrictUndefined)  # noqa: S701 - a mail is plain text
    return environment.get_template("task_ended.txt")

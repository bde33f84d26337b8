"""What tasks and log lines look like in a terminal."""

import time
from collections.abc import Mapping
from typing import Any

from terminal import clean

FINAL = frozenset({"SUCCESS", "FAILURE", "REVOKED", "REJECTED", "LOST"})
LEVEL_COLOURS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "1;31", "DEBUG": "2"}
STATE_COLOURS = {"SUCCESS": "32", "FAILURE": "31", "LOST": "31", "REJECTED": "31", "REVOKED": "33", "RETRY": "33"}
BAR = 24

Row = Mapping[str, Any]


def coloured(text: str, code: str | None, colours: bool) -> str:
    """In that colour, if colours are wanted."""
    return f"\x1b[{code}m{text}{clean.RESET}" if colours and code else text


def share(row: Row) -> float | None:
    """How much of it is done, from 0 to 1; None where that is not known."""
    if row.get("state") == "SUCCESS":
        return 1.0
    current, total = row.get("current"), row.get("total")
    known = isinstance(current, int | float) and isinstance(total, int | float) and total > 0
    return min(max(current / total, 0.0), 1.0) if known and current is not None and total is not None else None


def bar(row: Row) -> str:
    """A bar of fixed width, empty where nobody knows how far it is."""
    done = round((share(row) or 0.0) * BAR)
    return f"[{'#' * done}{'.' * (BAR - done)}]"


def percent(row: Row) -> str:
    """Such as " 40 %", or as many blanks."""
    part = share(row)
    return "     " if part is None else f"{part:4.0%}".replace("%", " %").rjust(5)


def news(row: Row) -> str:
    """The newest that the task has said."""
    return clean.plain(row.get("summary") or row.get("note") or "")


def lasted(row: Row, now: float | None = None) -> str:
    """How long it has run, such as 0:42; "" before it began."""
    began, ended = row.get("started_at"), row.get("ended_at")
    if not began:
        return ""
    seconds = max(0, int((ended or now or time.time()) - began))
    minutes = f"{seconds // 60 % 60}:{seconds % 60:02}"
    return minutes if seconds < 3600 else f"{seconds // 3600}:{minutes:0>5}"


def task(row: Row, columns: int, colours: bool) -> str:
    """A task in one line that is not wider than that."""
    state, name = clean.plain(row["state"]), clean.cut(clean.plain(row.get("name") or ""), 28)
    text = f"{state:<9} {bar(row)} {percent(row)} {name}  {clean.plain(row['task_id'])}  {lasted(row)}  {news(row)}"
    line = clean.cut(text.rstrip(), columns)
    return coloured(line[:9], STATE_COLOURS.get(state), colours) + line[9:]


def log_line(row: Row, colours: bool) -> str:
    """A log line; the further lines of its text are set in."""
    lost = row.get("dropped")
    gap = [f"--- {lost:,} lines dropped here: there were too many at once ---"] if lost else []
    if not row.get("text"):
        return "\n".join(gap)
    at = f"{time.strftime('%H:%M:%S', time.localtime(row['at']))}.{int(row['at'] % 1 * 1000):03}"
    level = clean.plain(row.get("level", ""))
    of = f" {clean.plain(row['name'])}[{clean.plain(row.get('task', ''))[:8]}]" if row.get("name") else ""
    text = clean.block(row["text"], colours).replace("\n", "\n    ")
    shown = coloured(f"{level:<8}", LEVEL_COLOURS.get(level), colours)
    return "\n".join([*gap, f"{at} {shown} {clean.plain(row['worker'])}{of} {text}"])

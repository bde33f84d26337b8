"""What tasks and log lines look like in a terminal."""

import time
from collections.abc import Mapping
from typing import Any

from terminal import clean
from worker import states

LEVEL_COLOURS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "1;31", "DEBUG": "2"}
GROUP_COLOURS = {states.SUCCEEDED: "32", states.FAILED: "31", states.RETRYING: "33", states.STOPPED: "33"}
STATE_COLUMNS, NAME_COLUMNS, ID_CHARACTERS = 9, 28, 8
BARS = ((90, 24), (60, 16), (40, 10))
"""How wide a bar is, from so many columns on."""

NO_TIME = "--:--:--"

Row = Mapping[str, Any]


def coloured(text: str, code: str | None, colours: bool) -> str:
    """In that colour, if colours are wanted."""
    return f"\x1b[{code}m{text}{clean.RESET}" if colours and code else text


def joined(*texts: str) -> str:
    """Those that there are, with a dot between them."""
    return " · ".join(text for text in texts if text)


def state_of(row: Row) -> str:
    """One that has none yet is waiting."""
    return str(row.get("state") or states.PENDING)


def share(row: Row) -> float | None:
    """How much of it is done, from 0 to 1; None where that is not known."""
    if row.get("state") == states.SUCCESS:
        return 1.0
    current, total = row.get("current"), row.get("total")
    if not (isinstance(current, int | float) and isinstance(total, int | float) and total > 0):
        return None
    return min(max(current / total, 0.0), 1.0)


def percent(row: Row) -> str:
    """Such as "40 %", rounded down: 100 % means that nothing is left. "" where it is not known."""
    part = share(row)
    return "" if part is None else f"{int(part * 100 + 1e-9)} %"


def amount(row: Row) -> str:
    """Such as "115 of 1,280"; "115" where there is no total."""
    current, total = row.get("current"), row.get("total")
    if not isinstance(current, int | float):
        return ""
    measured = isinstance(total, int | float) and total > 0
    return f"{current:,} of {total:,}" if measured else f"{current:,}"


def progress(row: Row) -> str:
    """What it does, what came out, or what went wrong; as static/js/progress-words.js."""
    group, note = states.group(state_of(row)), clean.plain(row.get("note") or "")
    if group == states.QUEUED:
        queue = clean.plain(row.get("queue") or "")
        return "waiting for a free process" if row.get("state") == states.RECEIVED else f"waiting in {queue}".rstrip()
    if group == states.RUNNING:
        return note or amount(row)
    return note if group == states.RETRYING else clean.plain(row.get("summary") or row.get("note") or "")


def lasted(row: Row, now: float | None = None) -> str:
    """How long it has run, such as 0:42; "" before it began."""
    began, ended = row.get("started_at"), row.get("ended_at")
    if not began:
        return ""
    seconds = max(0, int((ended or now or time.time()) - began))
    minutes = f"{seconds // 60 % 60}:{seconds % 60:02}"
    return minutes if seconds < 3600 else f"{seconds // 3600}:{minutes:0>5}"


def name_of(row: Row) -> str:
    """Its name, as a task without one is shown too."""
    return clean.plain(row.get("name") or "unnamed task")


def listed(row: Row, columns: int, colours: bool) -> str:
    """A task of the list: its id first, whole, for whoever wants to watch it."""
    state = state_of(row)
    name = f"{clean.cut(name_of(row), NAME_COLUMNS):<{NAME_COLUMNS}}"
    shown = f"{clean.cut(clean.plain(state), STATE_COLUMNS):<{STATE_COLUMNS}}"
    task_id, rest = clean.plain(row["task_id"]), f" {percent(row):>5} {name} {lasted(row):>7}  {progress(row)}"
    room = columns - clean.width(task_id) - 1 - STATE_COLUMNS
    painted = coloured(shown, GROUP_COLOURS.get(states.group(state)), colours)
    return f"{task_id} {painted}{clean.cut(rest.rstrip(), max(room, 0))}"


def bar(row: Row, columns: int, colours: bool, now: float | None = None) -> str:
    """A task with a progress bar, in one line that is not wider than that."""
    state, long = state_of(row), next((cells for least, cells in BARS if columns >= least), 0)
    done = int((share(row) or 0.0) * long)
    name = f"{clean.cut(name_of(row), max(columns // 4, 8))} {clean.plain(row['task_id'])[:ID_CHARACTERS]}"
    drawn = f" [{'#' * done}{'.' * (long - done)}]" if long else ""
    text = f"{name}{drawn} {percent(row):>5} {clean.plain(state)}  {joined(lasted(row, now), progress(row))}"
    return coloured(clean.cut(text, columns), GROUP_COLOURS.get(states.group(state)), colours)


def log_line(row: Row, colours: bool) -> str:
    """A log line; the further lines of its text are set in, so that none can pass for a line of the log."""
    lost = row.get("dropped")
    gap = [f"--- {lost:,} line{'s' * (lost != 1)} dropped here: too many at once ---"] if lost else []
    if not row.get("text"):
        return "\n".join(gap)
    at = clock(row["at"], thousandths=True)
    level = clean.plain(row.get("level", ""))
    of = f" {clean.plain(row['name'])}[{clean.plain(row.get('task', ''))[:ID_CHARACTERS]}]" if row.get("name") else ""
    text = clean.block(row["text"], colours).replace("\n", "\n    ")
    shown = coloured(f"{level:<8}", LEVEL_COLOURS.get(level), colours)
    return "\n".join([*gap, f"{at} {shown} {clean.plain(row['worker'])}{of} {text}"])


def clock(at: float, *, thousandths: bool = False) -> str:
    """Local time of day; dashes where no such time is."""
    try:
        return time.strftime("%H:%M:%S", time.localtime(float(at))) + f".{int(at % 1 * 1000):03}" * thousandths
    except (TypeError, ValueError, OverflowError, OSError):
        return NO_TIME

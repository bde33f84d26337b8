"""The few rows that the README shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.report import factor, number

SHOWN = (
    ("one task at 5 Hz, one page: call to DOM, p50", "polling every 2 s"),
    ("updates/s of each of 100 tasks that 1,000 watchers can be told", "Node, one emit"),
    ("CPU of the web per delivery of an event", "naive push"),
)


def lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table in Markdown of those that were measured. rows: as in results.json."""
    found = {(row["what"], row["rival"]): row for row in rows}
    shown = [found[one] for one in SHOWN if one in found]
    return ["| | Pushboard | instead | ratio |", "|---|---|---|---|", *map(_line, shown)]


def _line(row: Mapping[str, Any]) -> str:
    ours, theirs = (f"{number(row[who])} {row['unit']}" for who in ("ours", "theirs"))
    return f"| {row['what']} | {ours} | {theirs} ({row['rival']}) | {factor(row['ratio'])} |"

"""The table of all rows: as text for people, as JSON for what shows it elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from bench.row import Row

HEAD = ("", "Pushboard", "rival", "ratio", "bound", "")
TIMES = "x"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The rows, group by group, in columns."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    goal = ""
    yield _line(HEAD, widths)
    for row, line in zip(rows, cells[1:], strict=True):
        if row.goal != goal:
            goal = row.goal
            yield f"{goal}:"
        yield _line(line, widths)


def summary(rows: Sequence[Row]) -> str:
    """How many of the bounds are kept."""
    return f"{sum(row.is_met for row in rows)} of {len(rows)} bounds are kept."


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each row with its ratio, and whether its bound is kept."""
    return [{**asdict(row), "ratio": row.ratio, "met": row.is_met} for row in rows]


def number(value: float) -> str:
    """Three digits that count, such as 0.0123, 4.57, 17, 1,240."""
    if value and abs(value) < 10:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def factor(ratio: float) -> str:
    """A ratio in words that one can read: 0.35 x, 1/240."""
    return f"1/{number(1 / ratio)}" if 0 < ratio < 0.01 else f"{number(ratio)} {TIMES}"


def _cells(row: Row) -> tuple[str, ...]:
    against = row.theirs is not None
    bound = row.most if row.most is not None else row.least or 0.0
    sign = "at most" if row.most is not None else "at least"
    return (
        f"  {row.what}",
        f"{number(row.ours)} {row.unit}",
        f"{number(row.theirs)} {row.unit} ({row.rival})" if row.theirs is not None else "",
        factor(row.ratio) if against else "",
        f"{sign} {factor(bound) if against else f'{number(bound)} {row.unit}'}",
        ("met" if row.is_met else "NOT MET") + (f"; {row.note}" if row.note else ""),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

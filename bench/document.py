"""Puts what was measured into docs/performance.md."""

from collections.abc import Sequence
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- make bench writes from here -->\n", "<!-- to here -->\n"


def put(lines: Sequence[str]) -> None:
    """The lines as they were printed, in place of the last ones. Raises ValueError if the document has no place."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{DOCUMENT.name} has lost the marks between which the table goes")
    DOCUMENT.write_text(before + BEGIN + "\n".join(["```", *lines, "```", ""]) + END + after)

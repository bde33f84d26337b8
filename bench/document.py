"""Puts what was measured into the documents."""

from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PERFORMANCE, README = ROOT / "docs" / "performance.md", ROOT / "README.md"
BEGIN, END = "<!-- make bench writes from here -->\n", "<!-- to here -->\n"


def put(document: Path, lines: Sequence[str]) -> None:
    """The lines in place of the last ones. Raises ValueError if the document has no place for them."""
    before, _, rest = document.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{document.name} has lost the marks between which the table goes")
    document.write_text("\n".join([before + BEGIN + lines[0], *lines[1:], END]) + after)


def put_in(document: Path) -> list[str]:
    """The lines that stand there."""
    return document.read_text().partition(BEGIN)[2].partition(END)[0].splitlines()

"""What a docstring has between backticks is shown as code, and nothing of it acts on the page."""

import pytest

from app.docstring import pieces
from tests.asking import ask
from tests.processes import Service
from tests.running import run_web

__all__ = ["run_web"]  # a fixture


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("one `a` two ``b c``.", [("one ", False), ("a", True), (" two ", False), ("b c", True), (".", False)]),
        ("a ` alone", [("a ` alone", False)]),
        ("``` three ```", [("``` three ```", False)]),
        ("`open\nshut`", [("`open\nshut`", False)]),
        ("", []),
    ],
)
def test_what_stands_between_backticks_is_code(doc: str, expected: list[tuple[str, bool]]) -> None:
    assert pieces(doc) == expected


@pytest.mark.parametrize("path", ["/run", "/run/forms.marked"])
def test_it_is_shown_as_code_and_never_as_html(run_web: Service, path: str) -> None:
    page = ask(run_web, path)[2]
    assert "Repeats <code>text</code> and <code>&lt;b&gt;</code>, no &lt;i&gt;." in page

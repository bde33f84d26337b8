"""The README's figures are those that were measured."""

import json

from bench import document, headlines
from bench.curves import RESULTS


def test_what_readme_says_is_what_was_measured() -> None:
    rows = json.loads(RESULTS.read_text())["rows"]
    shown = document.put_in(document.README)
    assert shown == headlines.lines(rows)
    assert len(shown) == 2 + len(headlines.SHOWN), "a row of this name is measured no more"

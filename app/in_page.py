"""Sheets and scripts that stand in a page itself: what has come with it cannot hold up its first paint."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache

from markupsafe import Markup

from app.guard import allow_in_page

ENDS = "</", "<!--"
"""What could end the element that a text stands in, or change how it is read."""


class InPage:
    """Texts of files, each allowed by its hash in the one answer that has it, and nothing else."""

    def __init__(self, text_of: Callable[[str], str]) -> None:
        """text_of: what is in the file of a name, as it was at the start."""
        self._text_of = text_of
        self._found = cache(self._find)

    def sheets(self, names: tuple[str, ...]) -> Markup:
        """For a style element, in this order. KeyError: there is no such file. ValueError: it cannot stand there."""
        return self._allowed("style-src", names)

    def script(self, name: str) -> Markup:
        """For a script element. Errors as with `sheets`."""
        return self._allowed("script-src", (name,))

    def _allowed(self, directive: str, names: tuple[str, ...]) -> Markup:
        text, source = self._found(names)
        allow_in_page(directive, source)
        return text

    def _find(self, names: tuple[str, ...]) -> tuple[Markup, str]:
        text = "".join(self._text_of(name) for name in names)
        if any(end in text for end in ENDS):
            raise ValueError(f"cannot stand in a page, as {' or '.join(ENDS)} is in it: {', '.join(names)}")
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return Markup(text), f"'sha256-{digest}'"  # noqa: S704  # our own files, and nothing in them ends the element

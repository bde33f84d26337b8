"""A docstring in pieces: what stands between backticks is code, all else is text."""

import re

CODE = re.compile(r"(?<!`)(``?)(?![`\s])([^`\n]*[^`\s])\1(?!`)")


def pieces(doc: str) -> list[tuple[str, bool]]:
    """Each piece of the text with whether it is code; a backtick that has no partner is text.

    >>> pieces("Waits ``step_s`` seconds.")
    [('Waits ', False), ('step_s', True), (' seconds.', False)]
    """
    found, end = [], 0
    for match in CODE.finditer(doc):
        found += [(doc[end : match.start()], False), (match[2], True)]
        end = match.end()
    return [piece for piece in [*found, (doc[end:], False)] if piece[0]]

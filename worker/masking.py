"""Hides values under keys that look secret, before they leave the process for the board."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "••••••"
MOST_DEPTH = 20

SECRET_WORD = re.compile(
    "password|passwd|pwd|passphrase|passcode|pin|otp|cvv|cvc|secrets?|tokens?|apikey|auth|authorization|bearer|"
    "credentials?|cookies?|jwt|keys?"
)
SECRET_PARTS = re.compile(
    r"passw|secret|credential|authoriz|api_?key|(?:access|auth|refresh|id|bearer|session)_?token|"
    r"(?:private|access|secret|signing|encryption)_?key"
)
COUNTED = frozenset({"tokens", "key", "keys"})
"""Numbers under these are no secret: `max_tokens=100`."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def looks_secret(key: object) -> bool:
    """Whether a value under this key is to be hidden: `password`, `apiKey`, `X-Auth-Token`; not `keyword`."""
    return isinstance(key, str) and bool(_words(key) or SECRET_PARTS.search(key.lower()))


def masked(value: Any, depth: int = 0) -> Any:
    """The same with MASK in place of each value under such a key; the very same object where there is none."""
    if depth > MOST_DEPTH:
        return MASK
    if isinstance(value, Mapping):
        pairs = {key: MASK if _hides(key, item) else masked(item, depth + 1) for key, item in value.items()}
        return value if all(pairs[key] is value[key] for key in pairs) else pairs
    if isinstance(value, list | tuple):
        items = [masked(item, depth + 1) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value


def is_masked(key: str, value: object) -> bool:
    """Whether this value, or something in it, is hidden under this key."""
    named = {key: value}
    return masked(named) is not named


def _hides(key: object, value: object) -> bool:
    if value is None or isinstance(value, bool) or not looks_secret(key):
        return False
    found = _words(str(key))
    return not (isinstance(value, int | float) and found and found <= COUNTED)


def _words(key: str) -> set[str]:
    """Those of its words that alone make it secret."""
    return {word.lower() for word in WORD.findall(key) if SECRET_WORD.fullmatch(word.lower())}

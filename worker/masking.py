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

HINT = re.compile(r"(?i)pass|pwd|pin|otp|cv[vc]|secret|token|key|auth|basic|bearer|cred|cookie|jwt|://")
"""What a text has, if it has anything to hide: most log lines have not."""

URL_PASSWORD = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,19}://[^/\s:@\"']{0,255}:)[^/\s\"']{1,255}@")
SPOKEN_SECRET = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}")
NAMED = re.compile(r"""(?<![\w.-])["']?([A-Za-z_][\w.-]{0,99})["']?\s?[=:]\s?""")
VALUE = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s,;&"'(){}\[\]]+""")
"""`key=value`, `key: value`, `"key": "value"`, as log lines, addresses and dictionaries have them."""


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


def masked_text(text: str) -> str:
    """A log line with MASK in place of passwords in addresses, bearer tokens, values under keys that look secret."""
    if not HINT.search(text):
        return text
    text = URL_PASSWORD.sub(rf"\1{MASK}@", text)
    return _masked_pairs(SPOKEN_SECRET.sub(rf"\1 {MASK}", text))


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


def _masked_pairs(text: str) -> str:
    parts, at = [], 0
    for named in NAMED.finditer(text):
        value = VALUE.match(text, named.end())
        if value and named.start() >= at and _hides_value(named[1], value[0]):
            quote = value[0][0] if value[0][0] in "\"'" else ""
            parts += [text[at : value.start()], quote, MASK, quote]
            at = value.end()
    return "".join(parts) + text[at:]


def _hides_value(key: str, value: str) -> bool:
    is_error = key.endswith(("Error", "Exception", "Warning"))  # KeyError: 'name'
    return not is_error and _hides(key, _number(value))


def _number(value: str) -> object:
    return {"None": None, "null": None}.get(value, int(value) if value.isdecimal() and len(value) < 20 else value)

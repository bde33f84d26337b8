"""Text from elsewhere, fit for a terminal: nothing in it acts on the terminal, or pretends to be something else."""

import re
import unicodedata

COLOUR = re.compile(r"\x1b\[([0-9;]{0,40})m")
OTHER_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?")
ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
RESET = "\x1b[0m"


def plain(text: object) -> str:
    """One line without colours; what would act on the terminal is written out."""
    return _shown(" ".join(COLOUR.sub("", str(text)).splitlines())).replace("\t", " ")


def block(text: str, colours: bool) -> str:
    """Lines, with the text's own colours if they are wanted, which end with it."""
    pieces = COLOUR.split(text.replace("\r\n", "\n"))
    told = [_shown(piece) if place % 2 == 0 else f"\x1b[{piece}m" * colours for place, piece in enumerate(pieces)]
    return "".join(told) + RESET * (colours and len(pieces) > 1)


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(_columns(character) for character in text)


def cut(text: str, columns: int) -> str:
    """As much of it as fits, with a mark if that is not all."""
    if width(text) <= columns:
        return text
    room, kept = columns - 1, ""
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept += character
    return f"{kept}…" if columns > 0 else ""


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(text: str) -> str:
    return ACTS.sub(_written_out, OTHER_ESCAPE.sub(lambda found: "".join(map(_mark, found[0])), text))


def _written_out(found: re.Match[str]) -> str:
    return _mark(found[0])


def _mark(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of a control character
    return character if character.isprintable() and not ACTS.match(character) else f"<U+{code:04X}>"

"""Text from elsewhere, fit for a terminal: nothing in it acts on the terminal, hides, or turns text round."""

import json
import re
import unicodedata

COLOUR = re.compile(r"\x1b\[([0-9;]{0,40})m")
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
HIDING = re.compile(
    "[\x80-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
LONE = re.compile("[\ud800-\udfff]")
JOINING_SCRIPTS = (
    *("ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA"),
    *("TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
)
"""Scripts in which joiners belong into words; between Latin letters they would only hide."""

RESET = "\x1b[0m"
TAB = "    "
INKS = {code: str(code) for code in (*range(31, 37), *range(90, 97))} | {30: "90"}
"""Colours that can be read on any ground. All other codes, such as those that conceal, are left out."""


def plain(text: object) -> str:
    """One line without colours; what would act on the terminal is left out or written out."""
    return re.sub(r"[\n\t]+", " ", _visible(str(text)))


def block(text: str, colours: bool) -> str:
    """Lines, with the text's own colours if they are wanted, which end with it."""
    told, ink = "", ""
    for place, piece in enumerate(COLOUR.split(text)):
        if place % 2 == 0:
            told += _visible(piece).replace("\t", TAB)
        elif colours:
            ink = _ink_after(piece, ink)
            told += f"{RESET}\x1b[{ink}m" if ink else RESET
    return told + RESET * (ink != "")


def as_json(value: object) -> str:
    """On one line, and in ASCII that acts on no terminal."""
    return json.dumps(value)


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(map(_columns, text))


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
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _ink_after(codes: str, ink: str) -> str:
    """What is left of these codes: a colour, or "" for the usual one."""
    given = [int(code or 0) for code in codes.split(";")]
    while given:
        code = given.pop(0)
        if code in (38, 48):  # a colour of 256, or of all: one more number, or three
            del given[: 4 if given[:1] == [2] else 2]
        elif code in INKS:
            ink = INKS[code]
        elif code in (0, 37, 39, 97):
            ink = ""
    return ink


def _visible(text: str) -> str:
    """As `visible` in static/js/format.js: escapes go, and what could hide or turn text round is written out."""
    text = CONTROL.sub(_picture, ESCAPE.sub("", text).replace("\r\n", "\n"))
    return LONE.sub("\ufffd", HIDING.sub(_named, text))


def _picture(found: re.Match[str]) -> str:
    return "␡" if found[0] == "\x7f" else chr(0x2400 + ord(found[0]))


def _named(found: re.Match[str]) -> str:
    around = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    if found[0] in "\u200c\u200d" and all(map(_joins, around)):
        return found[0]
    return f"[U+{ord(found[0]):04X}]"


def _joins(neighbour: str) -> bool:
    if not neighbour:
        return False
    pictured = unicodedata.category(neighbour) in ("So", "Sk") or neighbour in "\u2640\u2642\ufe0f"
    return pictured or unicodedata.name(neighbour, "").partition(" ")[0] in JOINING_SCRIPTS

"""Reads and checks a mailing's recipients from CSV, and its letter against them; every fault is named by its line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.addresses import check_address
from worker.ledger import Recipient
from worker.letters import BadLetter, Letter, check_letter

__all__ = ["BadMailing", "Problem", "Recipients", "check", "check_address", "parse"]

MOST_BYTES = 1_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 50
FIELD_LENGTH = 1_000
NAME_LENGTH = 60
SHOWN_PROBLEMS = 100

_DELIMITERS = ",;\t"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong. line: the line of the CSV, from 1, or None. field: `recipients`, `subject` or `body`."""

    line: int | None
    field: str
    message: str


class BadMailing(ValueError):
    """It cannot be sent as it is. problems: the first 100, and how many more there are."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        more = len(problems) - SHOWN_PROBLEMS
        rest = [Problem(None, problems[-1].field, f"… and {more:,} more.")] if more > 0 else []
        self.problems = problems[:SHOWN_PROBLEMS] + rest


@dataclass(frozen=True, slots=True)
class Recipients:
    """A checked list. columns: the names that the letter may use, `email` among them."""

    columns: tuple[str, ...]
    rows: tuple[Recipient, ...]


def parse(source: bytes | str) -> Recipients:
    """The recipients in a CSV whose first line names the columns, one of them `email`. Raises BadMailing."""
    text = _decode(source)
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    line, header = next(records, (1, []))
    columns = _columns(line, header)
    rows = _rows(records, columns)
    if not rows:
        raise _bad("There are no recipients below the header line.")
    return Recipients(columns, rows)


def check(subject: str, body: str, recipients: Recipients) -> Letter:
    """The letter, if it can be filled in for every recipient. Raises BadMailing."""
    try:
        letter = check_letter(subject, body, recipients.columns)
    except BadLetter as error:
        raise BadMailing([Problem(None, error.field, str(error))]) from None
    problems = [problem for row in recipients.rows for problem in _unfit(letter, row)]
    if problems:
        raise BadMailing(problems)
    return letter


def _unfit(letter: Letter, row: Recipient) -> Iterator[Problem]:
    """The subject has to be looked at for each row; a body takes any text."""
    try:
        letter.fill_in_subject(row.values)
    except BadLetter as error:
        yield Problem(row.line, error.field, str(error))


def _bad(message: str, line: int | None = None) -> BadMailing:
    return BadMailing([Problem(line, "recipients", message)])


def _decode(source: bytes | str) -> str:
    content = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(content) > MOST_BYTES:
        raise _bad(f"The list is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _bad("The list is not UTF-8 text. Save it as “CSV UTF-8” and try again.", line) from None
    if not text.strip():
        raise _bad("There are no recipients: paste a list or choose a CSV file.")
    return text


def _delimiter(text: str) -> str:
    """The one that makes `email` a column of the first line; a comma if none does."""
    first = next(line for line in text.splitlines() if line.strip())
    found = [sign for sign in _DELIMITERS if "email" in _split(first, sign)]
    return max(found, key=first.count, default=",")


def _split(line: str, delimiter: str) -> list[str]:
    return [name.strip(" \t\"'").lower() for name in line.split(delimiter)]


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank and the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if any(field.strip() for field in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "a quotation mark is not closed" if "unexpected end" in str(error) else str(error)
        raise _bad(f"From this line on it is not CSV: {hint}.", line) from None


def _columns(line: int, header: list[str]) -> tuple[str, ...]:
    columns = tuple(_column(line, place, name) for place, name in enumerate(header, 1))
    if "email" not in columns:
        raise _bad(_no_email(header), line)
    if len(columns) > MOST_COLUMNS:
        raise _bad(f"There are more than {MOST_COLUMNS} columns.", line)
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise _bad(f"Two columns are called {twice[0]}.", line)
    return columns


def _column(line: int, place: int, name: str) -> str:
    """The name by which the letter uses the column: `First name` is `First_name`."""
    name = name.strip()
    if name.lower() == "email":
        return "email"
    if not name:
        raise _bad(f"Column {place} has no name.", line)
    if len(name) > NAME_LENGTH and "@" not in name:
        raise _bad(f"The name of column {place} is longer than {NAME_LENGTH} characters.", line)
    return _NOT_IN_NAMES.sub("_", name)


def _no_email(header: list[str]) -> str:
    wanted = "The first line must be a header that names the columns, and one of them must be email."
    if any("@" in name for name in header):
        return f"{wanted} Here it is already a recipient: put a line with the word email above it."
    return wanted


def _rows(records: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]) -> tuple[Recipient, ...]:
    rows: list[Recipient] = []
    problems: list[Problem] = []
    first_lines: dict[str, int] = {}
    for line, record in records:
        if len(rows) + len(problems) >= MOST_ROWS:
            raise _bad(f"The list has more than {MOST_ROWS:,} rows.", line)
        try:
            rows.append(_row(line, record, columns, first_lines))
        except ValueError as error:
            problems.append(Problem(line, "recipients", str(error)))
    if problems:
        raise BadMailing(problems)
    return tuple(rows)


def _row(line: int, record: list[str], columns: tuple[str, ...], first_lines: dict[str, int]) -> Recipient:
    """Raises ValueError with the sentence for this line."""
    if len(record) != len(columns):
        raise ValueError(f"It has {len(record)} fields, but the header has {len(columns)}.")
    for name, value in zip(columns, record, strict=True):
        if len(value) > FIELD_LENGTH:
            raise ValueError(f"The field {name} is longer than {FIELD_LENGTH:,} characters.")
        if _CONTROL.search(value):
            raise ValueError(f"The field {name} has a control character in it.")
    values = {name: value.strip() for name, value in zip(columns, record, strict=True)}
    values["email"] = address = check_address(values["email"])
    first = first_lines.setdefault(address, line)
    if first != line:
        raise ValueError(f"{address} is in line {first} already.")
    return Recipient(line, address, values)

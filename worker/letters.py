"""The text of a mailing: a subject and a body with `{{ column }}` in them, filled in for each recipient."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

SUBJECT_LENGTH = 200
"""Characters, before and after filling in."""

BODY_LENGTH = 100_000
"""Bytes of UTF-8, before filling in."""

MOST_PLACEHOLDERS = 100
"""Bounds a filled-in body: the body itself, and so many values of the longest kind."""

FILTERS = frozenset({"default", "d", "lower", "upper", "title", "capitalize", "trim"})

_JINJAS_OWN = frozenset({"self", "super", "caller", "loop"})  # names that Jinja fills in by itself

_NOT_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")

# A template is a program: a loop or a `*` could burn the server's time or memory, and no sandbox stops that.
# So only text and columns are let through; everything else is refused by its absence from this list.
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const)

_environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
_environment.globals.clear()
_environment.filters = {name: rule for name, rule in _environment.filters.items() if name in FILTERS}


class BadLetter(ValueError):
    """The subject or body cannot be used. field: `subject` or `body`; the text says why, in a plain sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Letter:
    """A checked subject and body; make it with `check_letter` where the text comes from a person."""

    subject: str
    body: str

    @cached_property
    def _templates(self) -> tuple[Template, Template]:
        return _compile("subject", self.subject), _compile("body", self.body)

    def fill_in(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body for one recipient. Raises BadLetter."""
        return self.fill_in_subject(values), self._fill_in_body(values)

    def fill_in_subject(self, values: Mapping[str, str]) -> str:
        """The subject for one recipient, one line of bounded length. Raises BadLetter."""
        subject = self._render(0, "subject", values)
        if _NOT_ONE_LINE.search(subject):
            raise BadLetter("subject", "A value that the subject uses has a line break or a control character in it.")
        if len(subject) > SUBJECT_LENGTH:
            raise BadLetter("subject", f"This row makes the subject longer than {SUBJECT_LENGTH} characters.")
        if not subject.strip():
            raise BadLetter("subject", "This row makes the subject empty.")
        return subject

    def _fill_in_body(self, values: Mapping[str, str]) -> str:
        return self._render(1, "body", values)

    def _render(self, which: int, field: str, values: Mapping[str, str]) -> str:
        try:
            return self._templates[which].render(values)
        except (TemplateError, TypeError) as error:
            raise BadLetter(field, f"The {field} cannot be filled in: {error}") from None


def check_letter(subject: str, body: str, columns: Collection[str]) -> Letter:
    """A letter that uses only these columns, is bounded in length and cannot run code. Raises BadLetter."""
    _check_text("subject", subject, len(subject), f"{SUBJECT_LENGTH} characters", SUBJECT_LENGTH)
    if _NOT_ONE_LINE.search(subject):
        raise BadLetter("subject", "The subject must be one line, without control characters.")
    size = len(body.encode("utf-8", "replace"))
    _check_text("body", body, size, f"{BODY_LENGTH // 1000} KB", BODY_LENGTH)
    _check_template("subject", subject, columns)
    _check_template("body", body, columns)
    letter = Letter(subject, body)
    letter.fill_in(dict.fromkeys(columns, "x"))  # a filter with the wrong arguments shows only here
    return letter


def _check_text(field: str, text: str, size: int, limit: str, most: int) -> None:
    if not text.strip():
        raise BadLetter(field, f"The {field} is empty.")
    if size > most:
        raise BadLetter(field, f"The {field} is longer than {limit}.")
    if _NOT_TEXT.search(text):
        raise BadLetter(field, f"The {field} has characters in it that are not text.")


def _check_template(field: str, text: str, columns: Collection[str]) -> None:
    names = {node.name for node in _checked_nodes(field, text) if isinstance(node, nodes.Name)}
    unknown = sorted(names - (set(columns) - _JINJAS_OWN))
    if unknown:
        wrong = ", ".join(f"{{{{ {name} }}}}" for name in unknown[:10])
        raise BadLetter(field, f"The {field} uses {wrong}, but the columns are {', '.join(columns)}.")


def _checked_nodes(field: str, text: str) -> list[nodes.Node]:
    """All nodes of the template. Walks with a list, not by recursion: thousands of filters in a row nest as deep."""
    seen: list[nodes.Node] = []
    rest: list[nodes.Node] = [_parse(field, text)]
    placeholders = 0
    while rest:
        node = rest.pop()
        if not _is_allowed(node):
            line = f"Line {node.lineno} of the {field}"
            raise BadLetter(field, f"{line}: only {{{{ column }}}} is allowed, with {', '.join(sorted(FILTERS))}.")
        placeholders += isinstance(node, nodes.Expr) and not isinstance(node, nodes.TemplateData)
        if placeholders > MOST_PLACEHOLDERS:
            raise BadLetter(field, f"The {field} has more than {MOST_PLACEHOLDERS} placeholders and filters.")
        seen.append(node)
        rest += node.iter_child_nodes()
    return seen


def _is_allowed(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in FILTERS and node.dyn_args is None and node.dyn_kwargs is None
    return isinstance(node, _ALLOWED)


def _parse(field: str, text: str) -> nodes.Template:
    try:
        return _environment.parse(text)
    except TemplateError as error:
        line = getattr(error, "lineno", 1)
        raise BadLetter(field, f"Line {line} of the {field}: {_sentence(error)}") from None
    except (RecursionError, ValueError, OverflowError):
        raise BadLetter(field, f"The {field} has something between {{{{ and }}}} that cannot be understood.") from None


def _sentence(error: TemplateError) -> str:
    return (error.message or "it is not a template").rstrip(".") + "."


def _compile(field: str, text: str) -> Template:
    _checked_nodes(field, text)
    return _environment.from_string(text)

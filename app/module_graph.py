"""Which modules a script imports: a page names them all, so that a browser need not find them one after the other."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STATIC = re.compile(r"""^(?:import|export)\b(?:[^"';()]*?\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE)
DYNAMIC = re.compile(r"""\bimport\(\s*["'](\.[^"']+)["']\s*\)""")


@dataclass(frozen=True, slots=True)
class Imports:
    """What one script imports itself, by the names of the files. later: with `import()`, when it is wanted."""

    at_once: tuple[str, ...]
    later: tuple[str, ...]

    @classmethod
    def of(cls, name: str, source: str) -> "Imports":
        """`name`: of the script, such as js/main.js; what it imports is named from there."""
        code, folder = COMMENT.sub("", source), posixpath.dirname(name)
        at_once, later = (
            tuple(posixpath.normpath(posixpath.join(folder, path)) for path in how.findall(code))
            for how in (STATIC, DYNAMIC)
        )
        return cls(at_once, later)

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return self.at_once + self.later


def with_all_imports(entries: Iterable[str], graph: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The entries and all that they need, each once, the nearest first. Raises KeyError for what is not there."""
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += graph[name]
    return list(found)

"""What a page loads: the scripts and sheets of its elements, and no others.

An element's script imports those that it needs. Its sheet has the same name, if it has one. So who makes an element has
nothing to write down here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.module_graph import Imports, with_all_imports

ALWAYS = tuple(
    f"css/{name}.css" for name in ("tokens", "base", "layout", "elements/button", "elements/form", "elements/page-nav")
)
LIVE = "js/main.js"


@dataclass(frozen=True, slots=True)
class PageFiles:
    """Names in static/.

    scripts: what is run, in this order. modules: all that has to be there before. later_sheets: those of elements whose
    scripts come when they are wanted.
    """

    sheets: tuple[str, ...]
    later_sheets: tuple[str, ...]
    scripts: tuple[str, ...]
    modules: tuple[str, ...]


class Inventory:
    """Knows the scripts and sheets of a folder, as they were at the start."""

    def __init__(self, folder: Path) -> None:
        """Reads all scripts."""
        scripts = {path.relative_to(folder).as_posix(): path for path in (folder / "js").rglob("*.js")}
        self.imports = {name: Imports.of(name, path.read_text()) for name, path in scripts.items()}
        self._sheets = {path.relative_to(folder).as_posix() for path in (folder / "css").rglob("*.css")}

    def of_page(self, elements: Iterable[str], sheets: Iterable[str] = (), *, is_live: bool = False) -> PageFiles:
        """What a page with these elements loads, and these sheets beside theirs. KeyError: one has no script."""
        scripts = [f"js/elements/{element}.js" for element in elements] + [LIVE] * is_live
        modules = with_all_imports(scripts, {name: made.at_once for name, made in self.imports.items()})
        with_later = with_all_imports(scripts, {name: made.all for name, made in self.imports.items()})
        now = list(dict.fromkeys([*ALWAYS, *sheets, *self._sheets_of(modules)]))
        later = [sheet for sheet in self._sheets_of(with_later) if sheet not in now]
        return PageFiles(tuple(now), tuple(later), tuple(scripts), tuple(modules))

    def _sheets_of(self, modules: list[str]) -> list[str]:
        """An element may have its say about those that it is made of, so its sheet comes after theirs."""
        names = (module.replace("js/", "css/", 1).removesuffix(".js") + ".css" for module in reversed(modules))
        return [name for name in names if name in self._sheets]

"""A page names all that it loads, and nothing else."""

import re
from pathlib import Path

import pytest

from app.module_graph import Imports, with_all_imports
from app.page_files import Inventory
from tests.processes import ROOT

STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
PAGES = sorted(path.name for path in TEMPLATES.glob("*.html") if path.name != "base.html")
ANY_IMPORT = re.compile(r"""(?:\bfrom|^import|\bimport\()\s*["'](\.[^"']+)["']""", re.MULTILINE)
SET = r"{{% set {} = \((.*?)\) %}}"
INCLUDED = re.compile(r"""{% include "([^"]+)" """)
TAG = re.compile(r"<([a-z]+(?:-[a-z]+)+)[\s>]")
WHAT = ("elements", "sheets")
ALONE = re.compile(r"^(\.?[a-z][\w-]*)(?::[\w-]+)* *[{,]", re.MULTILINE)


def test_imports_of_all_kinds_are_found_and_comments_are_not() -> None:
    source = """
/** @import {Row} from "../types.js" */
import { a } from "../a.js";
import {
  b,
} from './b.js';
import "./c.js";
export { d } from "./d.js";
const later = () => import("./later.js");
const words = "from './no.js'";
/* import "./nor.js"; */
"""
    found = Imports.of("js/elements/one.js", source)
    assert found.at_once == ("js/a.js", "js/elements/b.js", "js/elements/c.js", "js/elements/d.js")
    assert found.later == ("js/elements/later.js",)


def test_no_import_of_any_script_is_overlooked() -> None:
    for path in sorted((STATIC / "js").rglob("*.js")):
        found = Imports.of(path.relative_to(STATIC).as_posix(), path.read_text())
        code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert len(found.all) == len(ANY_IMPORT.findall(code)), path
        assert all((STATIC / name).is_file() for name in found.all), path


def test_all_imports_are_named_once_and_what_is_missing_is_said() -> None:
    graph = {"a": ("b", "c"), "b": ("c", "a"), "c": ()}
    assert with_all_imports(["a"], graph) == ["a", "b", "c"]
    with pytest.raises(KeyError, match="gone"):
        with_all_imports(["a"], {"a": ("gone",)})


@pytest.mark.parametrize("page", PAGES)
def test_each_element_of_a_page_has_its_script_there(page: str) -> None:
    """Also those that its scripts take from templates: now, or when they are wanted."""
    inventory = Inventory(STATIC)
    graph = {name: made.all for name, made in inventory.imports.items()}
    there = with_all_imports(inventory.of_page(*said_by(page), is_live=True).modules, graph)
    scripts = {path.stem for path in (STATIC / "js" / "elements").glob("*.js")}
    tags = set(TAG.findall(markup_of(TEMPLATES / page)))
    assert not {tag for tag in tags & scripts if f"js/elements/{tag}.js" not in there}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_sheet_makes_of_a_word_wherever_it_stands_it_makes_of_it_on_each_page(page: str) -> None:
    files = Inventory(STATIC).of_page(*said_by(page), is_live=True)
    markup = markup_of(TEMPLATES / page) + markup_of(TEMPLATES / "base.html")
    words = {f".{name}" for names in re.findall(r'class="([^"]*)"', markup) for name in names.split()}
    words |= set(re.findall(r"<([a-z][a-z-]*)", markup))
    for sheet in {path.relative_to(STATIC).as_posix() for path in (STATIC / "css").rglob("*.css")}:
        missed = set(ALONE.findall((STATIC / sheet).read_text())) & words
        assert not missed or sheet in files.sheets + files.later_sheets, (sheet, missed)


def test_a_task_is_shown_only_to_who_wants_to_see_one() -> None:
    files = Inventory(STATIC).of_page(("task-board", "task-drawer"), is_live=True)
    assert "js/elements/task-row.js" in files.modules
    assert "css/elements/task-row.css" in files.sheets
    assert "js/elements/task-detail.js" not in files.modules
    assert "css/elements/task-detail.css" in files.later_sheets
    assert not set(files.sheets) & set(files.later_sheets)


def said_by(page: str) -> tuple[list[str], list[str]]:
    """The elements and sheets that a template names, and the elements that every page has."""
    text = (TEMPLATES / page).read_text()
    elements, sheets = (re.findall(r"'([^']+)'", "".join(re.findall(SET.format(what), text))) for what in WHAT)
    return [*elements, "theme-switch", "connection-status"], sheets


def markup_of(template: Path) -> str:
    """With all that it includes."""
    text = template.read_text().replace("{{ state_pill(", "<state-pill ")
    return text + "".join(markup_of(TEMPLATES / name) for name in INCLUDED.findall(text))

"""A page names all that it loads, and nothing else."""

import re
from pathlib import Path

import pytest

from app.module_graph import Imports, with_all_imports
from app.page_files import Inventory
from tests.processes import ROOT

STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
ANY_IMPORT = re.compile(r"""(?:\bfrom|^import|\bimport\()\s*["'](\.[^"']+)["']""", re.MULTILINE)
ELEMENTS = re.compile(r"{% set elements = \((.*?)\) %}")
INCLUDED = re.compile(r"""{% include "([^"]+)" """)
TAG = re.compile(r"<([a-z]+(?:-[a-z]+)+)[\s>]")


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


@pytest.mark.parametrize("page", [path.name for path in sorted(TEMPLATES.glob("*.html")) if path.name != "base.html"])
def test_each_element_of_a_page_has_its_script_there(page: str) -> None:
    """Also those that its scripts take from templates: now, or when they are wanted."""
    elements = re.findall(r"'([\w-]+)'", "".join(ELEMENTS.findall((TEMPLATES / page).read_text())))
    inventory = Inventory(STATIC)
    files = inventory.of_page((*elements, "theme-switch", "connection-status"), is_live=True)
    there = with_all_imports(files.modules, {name: made.all for name, made in inventory.imports.items()})
    scripts = {path.stem for path in (STATIC / "js" / "elements").glob("*.js")}
    for tag in tags(TEMPLATES / page) & scripts:
        assert f"js/elements/{tag}.js" in there, tag
        sheet = f"css/elements/{tag}.css"
        assert sheet in files.sheets + files.later_sheets or not (STATIC / sheet).exists(), sheet


def test_a_task_is_shown_only_to_who_wants_to_see_one() -> None:
    files = Inventory(STATIC).of_page(("task-board", "task-drawer"), is_live=True)
    assert "js/elements/task-row.js" in files.modules
    assert "css/elements/task-row.css" in files.sheets
    assert "js/elements/task-detail.js" not in files.modules
    assert "css/elements/task-detail.css" in files.later_sheets
    assert not set(files.sheets) & set(files.later_sheets)


def tags(template: Path) -> set[str]:
    text = template.read_text().replace("{{ state_pill(", "<state-pill ")
    return set(TAG.findall(text)).union(*(tags(TEMPLATES / name) for name in INCLUDED.findall(text)))

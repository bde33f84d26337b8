"""The documents against the program: settings, links, and the targets of make."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from worker.config import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
SETTINGS = ROOT / "docs" / "settings.md"
READ = re.compile(r'\benv(?:iron)?(?:\)?\.get\(|\[|, )"([A-Z][A-Z_]+)"|"([A-Z][A-Z_]+)" not in os\.environ')
LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')
LONGEST_README = 120


def named(path: Path) -> Iterator[str]:
    """Names of environment variables that a file reads."""
    for one, other in READ.findall(path.read_text()):
        yield one or other


def documented(*chapters: str) -> dict[str, str]:
    """Name and default of each setting in these chapters of docs/settings.md."""
    found: dict[str, str] = {}
    for chapter in re.split(r"^## ", SETTINGS.read_text(), flags=re.MULTILINE)[1:]:
        if chapter.startswith(chapters):
            found |= dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", chapter, re.MULTILINE))
    return found


@pytest.mark.parametrize(
    ("files", "chapters"),
    [
        (["worker/config.py", "app/config.py"], ["Both processes", "Web", "Worker"]),
        (
            ["launcher/settings.py", "launcher/browser.py", "launcher/nginx_binary.py", "launcher/console.py"],
            ["make run"],
        ),
    ],
)
def test_every_setting_is_documented_and_every_documented_setting_is_read(
    files: list[str], chapters: list[str]
) -> None:
    read = {name for file in files for name in named(ROOT / file)}
    assert len(read) > 5
    if chapters == ["make run"]:
        read -= {"PATH", "MAIL_DEFAULT_SENDER"}  # not settings of its own: handed on
    read.discard("FLASK_RUN_FROM_CLI")  # Flask says so itself
    assert read == set(documented(*chapters))


def test_documented_defaults_are_the_real_ones() -> None:
    known = {field.name.upper(): field.default for field in fields(Settings)}
    checked = {
        name: told for name, told in documented("Both", "Worker").items() if known.get(name) not in (None, "", ())
    }
    assert len(checked) > 8
    for name, told in checked.items():
        default = known[name]
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert told == f"`{shown.lower() if isinstance(default, bool) else shown}`", name


def test_the_limits_that_are_documented_are_the_real_ones() -> None:
    limits = Settings().limits
    told = documented("Both")
    assert told["LOG_ENTRIES"] == f"`{limits.log_entries}`"
    assert told["KEPT_TASKS"] == f"`{limits.tasks}`"
    assert told["KEPT_DAYS"] == f"`{limits.seconds / 86_400:g}`"
    lines = Settings().journal_limits
    assert told["KEPT_LOG_LINES"] == f"`{lines.lines}`"
    assert told["KEPT_LOG_MEGABYTES"] == f"`{lines.bytes / 1024 / 1024:g}`"
    assert told["KEPT_LOG_DAYS"] == f"`{lines.seconds / 86_400:g}`"


def test_the_walk_through_the_inside_leaves_no_file_out() -> None:
    walk = (ROOT / "docs" / "internals.md").read_text()
    modules = [path for folder in ("app", "worker", "terminal") for path in (ROOT / folder).rglob("*.py")]
    names = [str(path.relative_to(ROOT)) for path in modules if path.name != "__init__.py"]
    assert not [name for name in names if f"`{name}`" not in walk]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= LONGEST_README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    prose = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for one, other in LINK.findall(prose):
        target = (one or other).partition("#")[0]
        if target and "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(document: Path) -> None:
    named_files = re.findall(
        r"`((?:app|worker|launcher|tests|static|templates|bench|docs)/[\w./-]+)`", document.read_text()
    )
    assert not [name for name in named_files if not (ROOT / name).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tests_that_are_named_exist(document: Path) -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named_tests = re.findall(r"`(test_\w+)`", document.read_text())
    assert not [name for name in named_tests if f"def {name}(" not in tests]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_command_is_a_target(document: Path) -> None:
    targets = re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = re.findall(r"(?:^    |`)make ([a-z][\w-]*)", document.read_text(), re.MULTILINE)
    assert set(commands) <= set(targets)


def test_ci_runs_what_the_readme_says() -> None:
    assert "\n    make test\n" in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")

"""Who may import whom, one door per outside thing, and how big pieces may be.

Longer than most files: all such rules are found in one place.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = ("app", "worker", "launcher", "terminal")
CONTRACT = {
    *("celery_app", "config", "events", "states", "stream", "store", "query", "ledger", "keys", "registry"),
    *("fleet", "queues", "waiting"),  # how workers and queues stand
    *("statistics", "alarms"),  # what is counted, what goes wrong
    *("addresses", "letters"),  # what an address and a letter may be: forms refuse what tasks would refuse
    *("actions", "call", "purge", "tellings"),  # what people ask of tasks and queues, and with what a task is run again
    "logs",  # the workers' log lines
    *("errors", "log_lines"),  # a setting's error and the form of a log line are the same in both processes
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "service", "handlers"}
EDGES = {"alarms", "pages", "api", "run", "sockets", "mailings", "mails", "actions", "tellings", "statistics"}
MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = {".py": 200, ".js": 150, ".css": 150, ".html": 80}
LONGER = "longer than"  # a file above the limit says in its head why it is longer than that
HEAD_CHARACTERS = 600
COLOUR = re.compile(r"#(?:[0-9a-f]{3,4}){1,2}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(", re.IGNORECASE)
HTML_FROM_STRINGS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\("
)
OUR_FILE = r">{{ in_page\.[^}]*}}<"
NO_INLINE_SCRIPT = rf"{OUR_FILE}|[^>]*(?:\bsrc=|type=\"application/json\")"
INLINE = re.compile(rf"<style(?!{OUR_FILE})|<script(?!{NO_INLINE_SCRIPT})|\sstyle=|\son[a-z]+=|javascript:")


def files(folder: str, suffix: str) -> list[Path]:
    found = (path for path in (ROOT / folder).rglob(f"*{suffix}") if not {"vendor", "node_modules"} & {*path.parts})
    return sorted(found)


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in files(folder, ".py")]


def name_of(path: Path) -> str:
    """`worker.tasks.mail` for worker/tasks/mail.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """All that the file imports, as dotted names: `from worker import keys` is `worker` and `worker.keys`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_from(path: Path, package: str) -> set[str]:
    """The modules of this package that the file imports, by their second name."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith(f"{package}.")}
    return {name for name in names if (ROOT / package / name).is_dir() or (ROOT / package / f"{name}.py").exists()}


def importers_of(package: str, *folders: str) -> set[str]:
    return {name_of(path) for path in python_files(*folders) if any(_is_in(name, package) for name in imports(path))}


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def where(pattern: str | re.Pattern[str], paths: list[Path]) -> list[str]:
    """`file:line: text` of every line that matches."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_there_is_something_to_check() -> None:
    assert all(len(python_files(program)) > 3 for program in PROGRAMS)
    assert files("static", ".js") and files("static", ".css") and files("templates", ".html")


def test_the_web_knows_only_the_contract_of_the_worker() -> None:
    foreign = {name_of(path): imported_from(path, "worker") - CONTRACT for path in python_files("app")}
    assert not {name: modules for name, modules in foreign.items() if modules}


@pytest.mark.parametrize("package", ["app", "launcher", "socketio", "flask_socketio", "engineio", "eventlet"])
def test_the_worker_does_not_know(package: str) -> None:
    assert not importers_of(package, "worker")


def test_models_are_read_without_a_library_that_may_not_be_there() -> None:
    assert not importers_of("pydantic", *PROGRAMS)


@pytest.mark.parametrize("package", ["app", "worker"])
def test_the_launcher_starts_but_does_not_import(package: str) -> None:
    assert not importers_of(package, "launcher")


def test_the_web_does_not_know_the_launcher() -> None:
    assert not importers_of("launcher", "app")


@pytest.mark.parametrize("package", ["app", "launcher", "socketio", "engineio", "eventlet", "redis", "celery"])
def test_the_terminal_knows_the_web_by_its_protocol_alone(package: str) -> None:
    assert not importers_of(package, "terminal")


def test_the_terminal_shares_words_with_the_worker_and_nothing_else() -> None:
    shared = {module for path in python_files("terminal") for module in imported_from(path, "worker")}
    assert shared <= {"states", "steps"}


def test_the_web_registers_the_terminals_commands_and_loads_nothing_of_what_they_do() -> None:
    assert importers_of("terminal", "app", "worker", "launcher") == {"app.factory"}
    at_the_start = ast.parse((ROOT / "terminal" / "commands.py").read_text()).body
    loaded = {node.module for node in at_the_start if isinstance(node, ast.ImportFrom)}
    assert {name for name in loaded if name and name.startswith("terminal")} == {"terminal.moments"}


def test_the_edges_do_not_import_each_other() -> None:
    present = [edge for edge in EDGES if (ROOT / "app" / f"{edge}.py").exists()]
    found = {edge: imported_from(ROOT / "app" / f"{edge}.py", "app") & EDGES - {edge} for edge in present}
    assert not {edge: others for edge, others in found.items() if others}


def test_importing_the_web_package_imports_nothing() -> None:
    # Python runs it before app/__main__.py, which must patch first.
    assert not list(imports(ROOT / "app" / "__init__.py"))


def test_only_the_start_of_the_web_and_its_server_know_eventlet() -> None:
    known = {"app.__main__", "app.eventlet_server", "bench.rivals.plain_web"}
    assert importers_of("eventlet", *PROGRAMS, "tests", "bench") <= known
    assert importers_of("app.eventlet_server", *PROGRAMS, "tests", "bench") <= {"app.__main__"}
    assert where(r"\bmonkey_patch\(", python_files(*PROGRAMS)) == where(
        r"\bmonkey_patch\(", [ROOT / "app" / "__main__.py"]
    )


def test_only_the_settings_read_the_environment() -> None:
    readers = where(r"\bos\.(environ|getenv)\b|from os import.*(environ|getenv)", python_files("app", "worker"))
    assert {line.split(":")[0] for line in readers} <= {"app/config.py", "worker/config.py"}


def test_one_file_opens_connections_to_redis() -> None:
    found = where(r"\bRedis\(|\bfrom_url\(", python_files("app", "worker"))
    assert {line.split(":")[0] for line in found} <= {"worker/stream.py"}


@pytest.mark.parametrize("package", ["pickle", "marshal", "shelve", "dill"])
def test_nothing_is_pickled(package: str) -> None:
    assert not importers_of(package, *PROGRAMS)


@pytest.mark.parametrize("name", sorted(FORBIDDEN_NAMES))
def test_no_module_is_called(name: str) -> None:
    folders = (*PROGRAMS, "tests", "bench", "static")
    assert not [path for folder in folders for path in files(folder, "") if path.stem == name]


def test_scripts_build_no_html_from_strings() -> None:
    assert not where(HTML_FROM_STRINGS, files("static", ".js"))


def test_templates_escape_everything() -> None:
    assert not where(r"\|\s*safe\b|autoescape false", files("templates", ".html"))
    made = where(r"\bMarkup\(", python_files("app", "worker"))
    assert {line.split(":")[0] for line in made} == {"app/in_page.py"}, "of our own files, not of what anybody says"


def test_only_the_connection_knows_socket_io() -> None:
    found = where(r"(?<![\w.])io\(", files("static/js", ".js"))
    assert {line.split(":")[0] for line in found} == {"static/js/connection.js"}


def test_colours_are_named_in_the_tokens_only() -> None:
    styles = [path for path in files("static", ".css") if path.name != "tokens.css"]
    assert not where(COLOUR, styles)
    assert where(COLOUR, [ROOT / "static" / "css" / "tokens.css"])


def test_templates_have_no_script_or_style_in_them_but_our_files() -> None:
    for bad in ("<style>p {", "<style media=x>{{ in_page.a }}<", "<script>run()", "<script>{{ it }}<", "<p style=x"):
        assert INLINE.search(bad), bad
    assert not where(INLINE, files("templates", ".html"))


def test_no_file_is_too_long() -> None:
    folders = (*PROGRAMS, "static", "templates", "tests", "bench")
    paths = [path for folder in folders for suffix in MAX_FILE_LINES for path in files(folder, suffix)]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    too_long = {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES[Path(name).suffix]}
    unexplained = [name for name in too_long if LONGER not in (ROOT / name).read_text()[:HEAD_CHARACTERS].lower()]
    assert not {name: too_long[name] for name in unexplained}


def test_no_function_is_too_long() -> None:
    too_long = {
        f"{name_of(path)}.{node.name}": length
        for path in python_files(*PROGRAMS, "tests", "bench")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not too_long

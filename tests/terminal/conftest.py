"""Runs the commands as a person does, and reads what they print."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, Service, service_env, wait_until


class Command:
    """A command that runs, what it prints kept in files."""

    def __init__(self, folder: Path, url: str, *arguments: str) -> None:
        folder.mkdir()
        self.out, self.err = folder / "out", folder / "err"
        line = [sys.executable, "-m", "flask", "--app", "app.factory", *arguments, "--url", url]
        env = service_env(DATA_DIR=str(folder), SECRET_KEY="only for tests, and long enough for them")
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(line, cwd=ROOT, env=env, stdout=out, stderr=err, stdin=subprocess.DEVNULL)

    @property
    def lines(self) -> list[str]:
        """What it has printed so far."""
        return self.out.read_text(encoding="utf-8").splitlines()

    @property
    def said(self) -> str:
        """What it has said beside that."""
        return self.err.read_text(encoding="utf-8")

    def wait(self, timeout_s: float = 40) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(timeout_s)

    def wait_for(self, text: str, timeout_s: float = 40) -> None:
        """Until it has printed this."""
        wait_until(lambda: self.process.poll() is not None or self._prints(text), timeout_s, f"it prints {text!r}")
        assert self._prints(text), f"it has ended: {self.said}"

    def _prints(self, text: str) -> bool:
        return text in self.out.read_text(encoding="utf-8")

    def wait_to_hear(self, text: str, timeout_s: float = 40) -> None:
        """Until it has said this."""
        wait_until(lambda: text in self.said, timeout_s, f"it says {text!r}")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """`run(web, "tasks", "--json")`: begins the command."""
    started: list[Command] = []

    def start(web: Service | str, *arguments: str) -> Command:
        url = web if isinstance(web, str) else web.url
        started.append(Command(tmp_path / f"command-{len(started)}", url, *arguments))
        return started[-1]

    yield start
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
            command.process.wait()
        assert "Traceback" not in command.said

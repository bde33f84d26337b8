"""`make run` in a terminal: Ctrl-C ends it, and make has nothing to complain about."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import ports
from tests.launcher.conftest import Launched
from tests.processes import ROOT, wait_until

CTRL_C = b"\x03"


class Terminal:
    """A terminal in which one command runs as a shell would run it."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.shown = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # The shell: it stays, so that the command is not the session's leader.
            os.chdir(ROOT)
            os._exit(subprocess.run(command, env=env, check=False, preexec_fn=_own_job).returncode)
        os.set_blocking(self._fd, False)

    def press(self, key: bytes) -> None:
        os.write(self._fd, key)

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text.encode() in self.read(), 40, f"the terminal shows {text!r}")

    def read(self) -> bytes:
        try:
            while part := os.read(self._fd, 65536):
                self.shown += part
        except OSError:
            pass  # nothing now, or nothing any more
        return self.shown

    def exit_code(self) -> int:
        wait_until(lambda: self.read() is not None and self._ended(), 40, "the command ends")
        return self.code

    def _ended(self) -> bool:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        self.code = os.waitstatus_to_exitcode(status) if pid else -1
        return bool(pid)


def _own_job() -> None:
    """What a shell does for each command: a process group of its own, in the foreground."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Launched]:
    launched = Launched(tmp_path / "data")
    yield launched
    launched.clean_up()


def make_run(launched: Launched) -> Terminal:
    # -o: the set-up is done, by whoever runs this test.
    command = ["make", "-o", ".venv/run.stamp", "run", f"PYTHON_IN_VENV={sys.executable}"]
    return Terminal(command, launched.env)


def test_ctrl_c_ends_make_run_without_an_error(launched: Launched) -> None:
    terminal = make_run(launched)
    terminal.wait_for("ready → ")
    terminal.wait_for("ready.")

    terminal.press(CTRL_C)

    assert terminal.exit_code() == 0, terminal.shown.decode()
    assert b"make: ***" not in terminal.shown, "make complains"
    assert launched.processes() == []


def test_ctrl_c_while_it_starts_ends_it_too(launched: Launched) -> None:
    terminal = make_run(launched)
    terminal.wait_for("Redis started")

    terminal.press(CTRL_C)

    assert terminal.exit_code() == 0, terminal.shown.decode()
    assert launched.processes() == []
    assert ports.is_free(int(launched.env["PORT"]))

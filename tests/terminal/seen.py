"""A terminal to run a command in, and what one would see there."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.processes import ROOT, service_env, wait_until

TOLD = re.compile(r"\x1b\[(\d*)([A-Za-z])|(\r\n|\r|\n)|(.)", re.DOTALL)


class Terminal:
    """A command in a terminal, and what one would see there; it knows no more than what these commands may use."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 100, rows: int = 24, **env: str) -> None:
        self.read, self.columns = b"", columns
        self._end, theirs = pty.openpty()
        self.resize(columns, rows)
        own = {"DATA_DIR": str(folder), "SECRET_KEY": "only for tests, and long enough for them", "TERM": "xterm"}
        environ = {name: value for name, value in service_env().items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        line = [sys.executable, "-m", "flask", "--app", "app.factory", *arguments]
        self.process = subprocess.Popen(
            line, cwd=ROOT, env=environ | own | env, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def raw(self) -> str:
        with contextlib.suppress(OSError):  # it has ended, and all is read
            while select.select([self._end], [], [], 0.01)[0]:
                self.read += os.read(self._end, 65_536)
        return self.read.decode(errors="replace")

    def lines(self) -> list[str]:
        """What stands there, line by line."""
        shown, row = [""], 0
        for code, command, turn, letter in TOLD.findall(self.raw()):
            if command == "A":
                row -= int(code or 1)
                assert row >= 0, "it went above where it began"
            elif command == "J":
                del shown[row + 1 :]
                shown[row] = ""
            elif command:
                assert command == "m", f"an escape that was not expected: {command!r}"
            elif turn == "\r\n":
                row += 1
                shown += [""] * (row + 1 - len(shown))
            elif letter:
                shown[row] += letter
        return shown[:-1]

    def wait_for(self, text: str) -> None:
        wait_until(lambda: any(text in line for line in self.lines()), 40, f"the terminal shows {text!r}")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)

"""One child process in a session of its own, its output read line by line."""

import signal
import subprocess
from collections import deque
from pathlib import Path

from launcher import process_groups
from launcher.output_file import OutputFile

ROOT = Path(__file__).parents[1]
LAST_LINES = 10


class Child:
    """A command that runs. Ctrl-C in the terminal does not reach it: the launcher stops it in its turn."""

    def __init__(self, name: str, command: str, env: dict[str, str], output: Path) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._output = OutputFile(output)
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self._output.fd,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process, and the process group with all that it starts."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.poll()

    @property
    def is_gone(self) -> bool:
        """The process has ended and so have those it started."""
        return self.returncode is not None and not process_groups.is_alive(self.pid)

    def read_lines(self) -> list[str]:
        """What it has printed since the last call."""
        lines = self._output.read_rest() if self.returncode is not None else self._output.read_lines()
        self.last_lines.extend(lines)
        return lines

    def terminate(self) -> None:
        """Ask the whole group to end, as platforms and honcho do."""
        process_groups.send(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once."""
        process_groups.send(self.pid, signal.SIGKILL)
        self._process.wait()

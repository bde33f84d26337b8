"""One child process in a session of its own, its output read line by line."""

import queue
import signal
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from launcher import process_groups

ROOT = Path(__file__).parents[1]
LAST_LINES = 10


@dataclass(frozen=True)
class Line:
    """A line that a child has printed; None says that all its processes have closed their output."""

    child: "Child"
    text: str | None


class Child:
    """A command that runs. Ctrl-C in the terminal does not reach it: the launcher stops it in its turn."""

    def __init__(self, name: str, command: str, env: dict[str, str], lines: "queue.Queue[Line]") -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._lines = lines
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

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
        return self.returncode is not None and not self._reader.is_alive()

    def terminate(self) -> None:
        """Ask the whole group to end, as platforms and honcho do."""
        process_groups.send(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once."""
        process_groups.send(self.pid, signal.SIGKILL)
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout
        for raw in self._process.stdout:
            text = raw.decode(errors="replace").rstrip("\r\n")
            self.last_lines.append(text)
            self._lines.put(Line(self, text))
        self._lines.put(Line(self, None))

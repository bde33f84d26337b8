"""What a child prints, through a file: the child does not mind when the launcher that reads it is killed.

Through a pipe it would: Celery's orderly end, for one, fails when nobody reads its standard error any more.
"""

import os
from pathlib import Path

MAX_BYTES = 5_000_000


class OutputFile:
    """Append-only for the child, followed by the launcher, cut when it has grown too long; the run before is kept."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            path.replace(path.with_name(f"{path.name}.1"))
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self.fd = os.open(path, flags, 0o600)
        self._at = 0
        self._part = b""

    def read_lines(self) -> list[str]:
        """The lines that have been completed since the last call."""
        read = os.pread(self.fd, MAX_BYTES, self._at)
        self._at += len(read)
        if self._at > MAX_BYTES:
            os.ftruncate(self.fd, 0)  # the child appends: it goes on at the new end
            self._at = 0
        *lines, self._part = (self._part + read).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def read_rest(self) -> list[str]:
        """What is left when the child has ended, an unfinished line too."""
        lines = self.read_lines()
        rest, self._part = self._part.decode(errors="replace"), b""
        return [*lines, rest] if rest else lines

    def close(self) -> None:
        """Read no more; a child that still runs may write on."""
        os.close(self.fd)

"""A lock on a file that is held as long as a process lives, however it ends."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self


class LockFile:
    """An exclusive lock. Handed to a child process (`pass_fds`), it is held until the child has ended too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = -1

    def acquire(self, timeout_s: float = 0.0) -> bool:
        """Take the lock; False if somebody else still holds it after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not self._try():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def release(self) -> None:
        """Close our end; the lock stays with a child that was given it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _try(self) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self.fd = fd
        return True

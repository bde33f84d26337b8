"""Clocks that a test may set: of processes that are started with them, and of no others."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.stage import Void

SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The wall clock of all processes that are started within `worn`; it needs a C compiler, and Linux."""

    def __init__(self, folder: Path, name: str) -> None:
        """`folder`: where the library and the file with the clock's error are put."""
        self._library, self._file = folder / "clock.so", folder / f"{name}.clock"
        compiler = shutil.which("cc")
        if not compiler:
            raise Void("there is no C compiler to build the clock with")
        if not self._library.exists():
            build = [compiler, "-shared", "-fPIC", "-O1", "-o", str(self._library), str(SOURCE), "-ldl"]
            subprocess.run(build, check=True)
        self.set(0)

    def set(self, off_s: int) -> None:
        """From now on the clock is wrong by so many seconds."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(off_s.to_bytes(8, "little", signed=True))

    @contextmanager
    def worn(self) -> Iterator[None]:
        """What is started within has this clock."""
        worn = {"LD_PRELOAD": str(self._library), "CLOCK_FILE": str(self._file)}
        before = {name: os.environ.get(name) for name in worn}
        os.environ.update(worn)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

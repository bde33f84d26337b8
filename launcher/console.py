"""What `make run` prints: every process' lines, each behind its name."""

import contextlib
import datetime
import os
import sys

from honcho.colour import get_colours
from honcho.printer import Message, Printer

OURS = "pushboard"


class Console:
    """One line at a time; a terminal that was closed does not disturb the stopping."""

    def __init__(self) -> None:
        # The lines of web and worker begin with their own time.
        self._printer = Printer(sys.stdout, time_format="", width=len(OURS), colour="NO_COLOR" not in os.environ)
        self._colours = get_colours()
        self._colour_of: dict[str, str] = {}

    def say(self, text: str) -> None:
        """A line of the launcher's own."""
        self._write(OURS, text, None)

    def pass_on(self, name: str, text: str) -> None:
        """A line of the process `name`."""
        if name not in self._colour_of:
            self._colour_of[name] = next(self._colours)
        self._write(name, text, self._colour_of[name])

    def _write(self, name: str, text: str, colour: str | None) -> None:
        with contextlib.suppress(OSError):
            self._printer.write(Message("line", text or " ", datetime.datetime.now(), name, colour))

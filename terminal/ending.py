"""How a command ends: what it tells the shell, and nothing else when nobody reads on or somebody presses Ctrl-C."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

from terminal import web

REFUSED, NOBODY, INTERRUPTED, NOT_READ = 3, 4, 130, 141


def colours(no_color: bool) -> bool:
    """Whether there are to be any."""
    wanted = not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")
    return wanted and sys.stdout.isatty()


def run(act: Callable[[], int | None]) -> None:
    """Do it, and leave with its exit code, or with the one that says why it could not be done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every terminal has every letter
    sys.exit(_code(act))


def _code(act: Callable[[], int | None]) -> int:
    try:
        code = act() or 0
        sys.stdout.flush()
        return code
    except (web.NoAnswer, web.Refused) as error:
        sys.stdout.flush()
        sys.stderr.write(f"{error}\n")
        return NOBODY if isinstance(error, web.NoAnswer) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is still to be flushed
        return NOT_READ

"""The terminal's Ctrl-C goes to the launcher alone, not to the `make` that started it."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def own_foreground() -> Iterator[None]:
    """Be the terminal's foreground group while this lasts: make then sees only our exit code."""
    if not _in_foreground():
        yield
        return
    before = os.getpgrp()
    # Taking the terminal stops a process that is in the background; Ctrl-Z would leave make waiting for ever.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # the terminal may have been closed
            os.tcsetpgrp(sys.stdin.fileno(), before)


def _in_foreground() -> bool:
    try:
        # A session's leader can't leave its group; then there is no make above us either.
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp() != os.getsid(0)
    except (OSError, ValueError):
        return False

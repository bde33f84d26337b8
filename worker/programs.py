"""What a process of the pool starts hears all signals, also those that are kept from the process itself."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any


def start_with(mask: Iterable[int]) -> None:
    """From now on programs and forks begin with this signal mask: else a task could not end what it has started.

    While a program is being started, some milliseconds, this process has that mask too.
    """
    usual = set(mask)
    subprocess.Popen.__init__ = _masked(subprocess.Popen.__init__, usual)  # type: ignore[method-assign]
    os.register_at_fork(after_in_child=lambda: _set(usual))


def _masked(start: Callable[..., None], mask: set[int]) -> Callable[..., None]:
    @wraps(start)
    def begin(*args: Any, **options: Any) -> None:
        own = _set(mask)
        try:
            start(*args, **options)
        finally:
            _set(own)

    return begin


def _set(mask: set[int]) -> set[int]:
    return signal.pthread_sigmask(signal.SIG_SETMASK, mask)

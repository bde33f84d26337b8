"""Measures one module of bench/, in a process that takes what it has started with it, however it is ended.

A process of its own can be asked for a module's rows, which could not import `__main__`.
"""

import importlib
import multiprocessing
import signal
import sys
from collections.abc import Callable

from bench import report
from bench.row import Row


def end_what_was_started() -> None:
    """From now on SIGTERM ends this process as Ctrl-C does: on the way out all is ended that it has started."""
    signal.signal(signal.SIGTERM, _leave)


def rows_of(name: str) -> list[Row]:
    """The rows of this module."""
    end_what_was_started()
    measured: list[Row] = importlib.import_module(f"bench.{name}").rows()
    return measured


def alone(rows: Callable[[], list[Row]]) -> None:
    """Measure nothing but these, and print their table."""
    end_what_was_started()
    print("\n".join(report.lines(rows())))


def _leave(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough, and ending takes a while
    for process in multiprocessing.active_children():
        process.terminate()
    sys.exit(128 + number)

"""What a module of bench/ measures; a process of its own can be asked for it, which cannot import `__main__`."""

import importlib

from bench.row import Row


def rows_of(name: str) -> list[Row]:
    """The rows of this module."""
    measured: list[Row] = importlib.import_module(f"bench.{name}").rows()
    return measured

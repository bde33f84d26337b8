"""A process of the bench that does what it is asked: a line of JSON in, a line of JSON out."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from tests.processes import ROOT, service_env


class Player:
    """Such a process, seen from the one that asks. It ends when it is left, and with whoever started it."""

    def __init__(self, command: Sequence[str], **env: str) -> None:
        """Start it; `env` is added to its environment."""
        self.command = command
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=service_env(**env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    @classmethod
    def of(cls, module: str, **env: str) -> Self:
        """A module of Python that calls `obey`. What its libraries warn of is said elsewhere."""
        return cls([sys.executable, "-W", "ignore", "-m", module], **env)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, what: str, **details: Any) -> Any:
        """What it answers. Raises RuntimeError if it has ended."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps([what, details]) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise RuntimeError(f"{' '.join(self.command)} has ended while it was asked to {what}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def obey(orders: Mapping[str, Callable[..., Any]]) -> None:
    """Do what is asked on standard input until that ends."""
    for line in sys.stdin:
        print(carried_out(orders, line), flush=True)


def carried_out(orders: Mapping[str, Callable[..., Any]], line: str) -> str:
    """Do what one line asks; the answer as a line."""
    what, details = json.loads(line)
    return json.dumps(orders[what](**details))

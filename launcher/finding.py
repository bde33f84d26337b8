"""Finds a program in one way after the other, and names all of them if none leads to one that runs."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from launcher.errors import LauncherError

GET_TIMEOUT_S = 300.0

Way = Callable[[], Path | None]
Runs = Callable[[Path], bool]


def first_that_runs(ways: Sequence[Way], runs: Runs, not_found: type[LauncherError], advice: str) -> Path:
    """What the first way leads to that runs; raises `not_found` with the advice, and with what was tried."""
    tried: list[str] = []
    for way in ways:
        path = way()
        if path and runs(path):
            return path
        tried.append(f"  {way.__name__.strip('_')}: {path or 'nothing found'}")
    raise not_found(advice + "\n".join(tried))


def named_by(
    environ: Mapping[str, str], variable: str, runs: Runs, not_found: type[LauncherError], what: str
) -> Path | None:
    """What this variable names; raises `not_found` if that does not run as `what`."""
    named = environ.get(variable, "")
    if named and not runs(Path(named)):
        raise not_found(f"{variable} names {named}, which does not run as {what}.")
    return Path(named) if named else None


def install_as_root(package: str) -> bool:
    """Have apt-get install it, where that can be; whether it was tried."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    output(["apt-get", "update", "-qq"])
    output(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
    return True


def output(
    command: list[str], *, cwd: Path | None = None, timeout_s: float = GET_TIMEOUT_S, with_errors: bool = False
) -> str:
    """What the command printed, on stderr too if `with_errors`; nothing if it failed."""
    errors = subprocess.STDOUT if with_errors else subprocess.PIPE
    env = os.environ | {"RUNLEVEL": "1"}  # in which nothing that was installed is started
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, timeout=timeout_s, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

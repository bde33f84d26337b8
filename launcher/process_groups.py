"""Process groups: what a command has started, all of it."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
# Of /proc/<pid>/stat, counted after the name, which may hold anything.
STATE, GROUP, STARTED = 0, 2, 19


def send(group: int, number: int) -> None:
    """Send a signal to every process of the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def is_alive(group: int) -> bool:
    """Whether a process of the group still runs; one that has ended and waits to be noticed does not."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False  # none, or somebody else's
    if not _has_proc():
        return True
    return any(stat[GROUP] == str(group) and stat[STATE] != "Z" for stat in map(_stat, _pids()) if stat)


def started(pid: int) -> str:
    """When this process started, in the system's own words; empty if it does not run."""
    if _has_proc():
        stat = _stat(pid)
        return stat[STARTED] if stat and stat[STATE] != "Z" else ""
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Look every 50 ms; False if it does not hold in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _has_proc() -> bool:
    return (PROC / "self" / "stat").exists()


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []

"""What a killed launcher has left running: recorded while it runs, ended by the next start."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from launcher.private_file import write_private

PATIENCE_S = 25.0


class Entry(TypedDict):
    """One process group as it is written down."""

    name: str
    pid: int
    started: str


def record(file: Path, children: dict[str, int]) -> None:
    """Write down these process groups (name and number) with what tells them from a later one of the same number."""
    entries = [{"name": name, "pid": pid, "started": _started(pid)} for name, pid in children.items()]
    write_private(file, json.dumps(entries))


def end(file: Path, patience_s: float = PATIENCE_S) -> list[str]:
    """End the recorded groups that still run, web first so that its port is free soon; answers their names."""
    left = [(entry["name"], entry["pid"]) for entry in _read(file) if _still_runs(entry["pid"], entry["started"])]
    groups = [pid for _, pid in left]
    _signal(groups, signal.SIGTERM)
    if not _wait_until_gone(groups, patience_s):
        _signal(groups, signal.SIGKILL)
        _wait_until_gone(groups, patience_s)
    file.unlink(missing_ok=True)
    return [name for name, _ in left]


def _read(file: Path) -> list[Entry]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def _still_runs(pid: int, started: str) -> bool:
    now = _started(pid)
    # The first process may be gone while its group lives on; no stranger gets that number meanwhile.
    return now == started if now else _group_exists(pid)


def _started(pid: int) -> str:
    """When this process started, in the system's own words; empty if there is none (or only its remains)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        # After the name, which may hold anything: state, …, and the start as the 20th.
        fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else []
        return fields[19] if fields and fields[0] != "Z" else ""
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False  # none, or somebody else's
    return True


def _signal(groups: Iterable[int], number: int) -> None:
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)


def _wait_until_gone(groups: list[int], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while any(_started(group) for group in groups):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True

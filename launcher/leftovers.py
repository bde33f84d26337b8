"""What a killed launcher has left running: recorded while it runs, ended by the next start."""

import json
import signal
from pathlib import Path
from typing import TypedDict

from launcher import process_groups
from launcher.private_file import write_private

PATIENCE_S = 25.0
"""As long as `make run` waits for a task that runs."""

KILL_TIMEOUT_S = 5.0


class Entry(TypedDict):
    """One process group as it is written down; `started` tells its first process from a later one of that number."""

    name: str
    pid: int
    started: str


def record(file: Path, groups: dict[str, int]) -> None:
    """Write down these process groups, name and number."""
    entries = [Entry(name=name, pid=pid, started=process_groups.started(pid)) for name, pid in groups.items()]
    write_private(file, json.dumps(entries))


def end(file: Path, patience_s: float = PATIENCE_S) -> list[str]:
    """End the recorded groups that still run; answers their names."""
    left = [entry for entry in _read(file) if _still_runs(entry)]
    groups = [entry["pid"] for entry in left]
    if not _end(groups, signal.SIGTERM, patience_s):
        _end(groups, signal.SIGKILL, KILL_TIMEOUT_S)
    file.unlink(missing_ok=True)
    return [entry["name"] for entry in left]


def _read(file: Path) -> list[Entry]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return [Entry(name=str(it["name"]), pid=int(it["pid"]), started=str(it["started"])) for it in entries]
    except (OSError, ValueError, TypeError, KeyError):
        return []  # none, or damaged: then nothing says what to end


def _end(groups: list[int], number: int, timeout_s: float) -> bool:
    for group in groups:
        process_groups.send(group, number)
    return process_groups.wait_until(lambda: not any(map(process_groups.is_alive, groups)), timeout_s)


def _still_runs(entry: Entry) -> bool:
    now = process_groups.started(entry["pid"])
    # The first process may be gone while its group lives on; no stranger gets that number meanwhile.
    return now == entry["started"] if now else process_groups.is_alive(entry["pid"])

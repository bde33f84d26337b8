"""What tasks write down themselves, in a file each: the truth that all else is compared with."""

import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

Fact = dict[str, Any]

_BEGAN = time.time() - time.monotonic()


def now() -> float:
    """Seconds since 1970, by a clock that does not step when the machine's is set."""
    return _BEGAN + time.monotonic()


def write_down(folder: str, task_id: str, **fact: Any) -> None:
    """Add a line to the task's file; it is on disk before this returns."""
    with Path(folder, task_id).open("a") as file:
        file.write(json.dumps(fact) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, task_id: str) -> list[Fact]:
    """All that the task wrote down; a line that was cut off by its death is left out."""
    path = folder / task_id
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def count(
    folder: str, task_id: str, steps: int, pause_s: float, tell: Callable[[int], object], ends: str = "SUCCESS"
) -> dict[str, int]:
    """Count to `steps`, tell each and write each down, and how long the telling took; `ends`: how it is to end."""
    run = uuid.uuid4().hex
    write_down(folder, task_id, began=now(), run=run, pid=os.getpid())
    longest_s = spent_s = 0.0
    with Path(folder, task_id).open("a", buffering=1) as file:
        for step in range(1, steps + 1):
            before = time.perf_counter()
            tell(step)
            took_s = time.perf_counter() - before
            longest_s, spent_s = max(longest_s, took_s), spent_s + took_s
            file.write(json.dumps({"step": step, "at": now(), "run": run}) + "\n")
            time.sleep(pause_s)
    write_down(folder, task_id, ended=ends, at=now(), longest_s=longest_s, spent_s=spent_s)
    return {"steps": steps}

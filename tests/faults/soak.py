"""`make soak MINUTES=…`: a task a second, watchers come and go; nothing that the parts hold may grow (F34)."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import redis

from tests.faults.stage import Stage
from tests.faults.subjects import PUSHBOARD
from tests.processes import waited

SETTINGS = {"KEPT_TASKS": "100", "LOG_ENTRIES": "1000"}
"""So small that they are full when the warm-up is over: what grows after that grows for ever."""

WATCHERS = 4
MOST_GROWTH = {"KiB": 10_000, "files": 4, "keys": 60, "connections": 6}
"""Between the end of the warm-up and the end: small against a leak of a kilobyte, a file or a key a task."""


def run(minutes: float) -> list[str]:
    """One soak; what has grown too much."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        stage = Stage(PUSHBOARD, folder, stack, **SETTINGS)
        stage.open()
        rest_s = minutes * 60
        _live(stage, max(rest_s / 4, 130))
        before = _print("after the warm-up", sizes(stage))
        _live(stage, rest_s)
        after = _print(f"after {minutes:g} minutes more", sizes(stage))
        print(f"{len(stage.task_ids)} tasks")
        return [*_grown(before, after), *_not_ended(stage)]


def _live(stage: Stage, seconds: float) -> None:
    """A task each second, and one of the watchers goes for another to come."""
    rng = random.Random(1)
    began = time.monotonic()
    for number in range(int(seconds)):
        task_id = stage.send(steps=8, pause_s=0.1, ignore_result=True)
        if number % 2 == 0:
            stage.watch(room=rng.choice(["board", f"task:{task_id}"]))
        while len(stage.witnesses) > WATCHERS:
            stage.witnesses.pop(0).client.disconnect()
        time.sleep(max(0.0, began + number + 1 - time.monotonic()))
    while stage.witnesses:
        stage.witnesses.pop().client.disconnect()
    waited(lambda: stage.state(stage.task_ids[-1]) == "SUCCESS", 20)
    time.sleep(20)  # longer than a ping and its patience: what has gone is forgotten


def sizes(stage: Stage) -> dict[str, int]:
    """What web, worker and Redis hold now."""
    held: dict[str, int] = {}
    for name, pids in {
        "web": [stage.web.pid],
        "worker": _family(stage.worker.pid),
        "Redis": [stage.server.pid],
    }.items():
        held[f"{name}, KiB"] = sum(map(_rss_kib, pids))
        held[f"{name}, files"] = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    with redis.Redis.from_url(stage.redis_url, decode_responses=True) as client:
        names = list(client.scan_iter(count=1_000))
        results = [name for name in names if name.startswith("celery-task-meta-")]
        held["Redis, keys"] = len(names) - len(results)
        held["Celery's results for ever, keys"] = sum(client.ttl(name) < 0 for name in results)
        held["Redis, connections"] = client.info("clients")["connected_clients"]
        held["Redis, KiB of data"] = client.info("memory")["used_memory_dataset"] // 1024
    return held


def _family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _rss_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])


def _print(when: str, held: dict[str, int]) -> dict[str, int]:
    print(f"{when}: " + "; ".join(f"{what}: {number:,}" for what, number in held.items()), flush=True)
    return held


def _grown(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    grown = []
    for what, number in after.items():
        most = next((most for unit, most in MOST_GROWTH.items() if unit in what), 0)
        if number - before[what] > most:
            grown.append(f"{what} grew from {before[what]:,} to {number:,}")
    return grown


def _not_ended(stage: Stage) -> list[str]:
    return [
        f"task {task_id} ended {state}"
        for task_id in stage.task_ids[-50:]
        if (state := stage.state(task_id)) != "SUCCESS"
    ]


def main() -> int:
    """1 if anything has grown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    wrong = run(parser.parse_args().minutes)
    print("\n".join(wrong) or "nothing has grown")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

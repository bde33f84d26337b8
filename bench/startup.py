"""How soon a web process answers: from the exec to the first 200 of the board."""

import statistics
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from bench import measuring
from bench.row import Row
from bench.spent import spent
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web

REPEATS = 7
MOST_S = 1.5
LOOK_EVERY_S = 0.005


def rows() -> list[Row]:
    """Started again and again, the first time left out: the files may have to be read from the disk."""
    with tempfile.TemporaryDirectory() as folder, RedisServer.start(Path(folder) / "redis") as server:
        env = {"REDIS_URL": server.url, "DATA_DIR": folder, "SECRET_KEY": "only for this bench, long enough"}
        web = new_web(Path(folder) / "web.log", **env)
        starts = [start(web) for _ in range(REPEATS + 1)][1:]
    times = [time_s for time_s, _ in starts]
    worked = statistics.median(cpu_s for _, cpu_s in starts)
    note = f"{spread(times)}, {worked:.2f} s of it at work"
    what = "from `python -m app` to the first page"
    return [Row(goal="start-up", what=what, unit="s", ours=statistics.median(times), most=MOST_S, note=note)]


def start(web: Service) -> tuple[float, float]:
    """How long it takes to the first page, and how long it had the processor for that; then it is stopped."""
    started = time.monotonic()
    web.launch()
    try:
        while not answers(web.url):
            if web.returncode is not None:
                raise RuntimeError(f"the web process ended at its start:\n{web.log()}")
            time.sleep(LOOK_EVERY_S)
        return time.monotonic() - started, spent(web.pid).cpu_s
    finally:
        web.kill()


def answers(url: str) -> bool:
    """Whether the board is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The least and the most of them."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


if __name__ == "__main__":
    measuring.alone(rows)

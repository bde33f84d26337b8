"""`make storm SEED=… MINUTES=…`: random faults for minutes, tasks all the while; then everybody must tell the same.

Every watcher must end with exactly the table's rows, and the table with what the tasks themselves wrote down. With
`APART=--apart` the broker is a Redis of its own.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

import celery

from launcher.redis_server import RedisServer
from tests.faults.storm_faults import Faults
from tests.faults.verdict import Verdict
from tests.processes import Service, new_web, new_worker
from tests.watcher import Watcher

ENDS = ["succeed"] * 6 + ["fail", "retry"]
NAMES = ["storm.work"] * 3 + ["storm.work_once"]
REVOKED_SHARE = 0.1
WATCHED_SHARE, MOST_TASK_WATCHERS = 0.1, 20


class Storm:
    """One storm: its parts, its faults, its verdict."""

    def __init__(self, seed: int, folder: Path, stack: ExitStack, apart: bool = False) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.facts = folder / "facts"
        self.facts.mkdir()
        self.server = self.broker = stack.enter_context(RedisServer.start(folder / "redis"))
        if apart:
            self.broker = stack.enter_context(RedisServer.start(folder / "broker"))
        queue = {"CELERY_BROKER_URL": self.broker.url, "CELERY_RESULT_BACKEND": self.broker.url}
        secret = {"SECRET_KEY": "only for storms, long enough"}
        self.env = {"REDIS_URL": self.server.url, "DATA_DIR": str(folder), **queue, **secret}
        self.webs = [self._begin(stack, new_web(folder / f"web{number}.log", **self.env)) for number in range(2)]
        self.workers = [self._begin(stack, self._worker(number)) for number in range(2)]
        self.sender = celery.Celery(broker=self.broker.url)
        self.watchers = [Watcher(web.url, "board") for web in self.webs for _ in range(3)]
        self.task_watchers: list[Watcher] = []
        stack.callback(lambda: [watcher.client.disconnect() for watcher in self.watchers + self.task_watchers])
        servers = [self.server, self.broker] if apart else [self.server]
        self.faults = Faults(self.random, servers, self.webs, self.workers, self.watchers)
        self.sent: list[str] = []
        self.revoked: set[str] = set()
        self.done: Counter[str] = Counter()

    def _worker(self, number: int) -> Service:
        arguments = ("-I", "tests.faults.storm_tasks", "-n", f"w{number}@%h", "--concurrency=2")
        return new_worker(self.folder / f"worker{number}.log", *arguments, **self.env)

    @staticmethod
    def _begin(stack: ExitStack, service: Service) -> Service:
        service.start()
        stack.callback(service.kill)
        return service

    def blow(self, minutes: float) -> None:
        """Tasks and faults, in a random order that the seed decides."""
        deadline = time.monotonic() + minutes * 60
        while time.monotonic() < deadline:
            for _ in range(self.random.randint(1, 4)):
                self.send()
            self.revoke()
            time.sleep(self.random.uniform(0.2, 2.0))
            fault = self.random.choice(self.faults.all())
            self.done[fault.__name__] += 1
            print(f"{time.strftime('%H:%M:%S')} {fault.__name__}", flush=True)
            fault()

    def send(self) -> None:
        """Start a task; one that could not be sent has not been started."""
        steps, pause_s = self.random.randint(1, 60), self.random.choice([0.0, 0.005, 0.05])
        with suppress(Exception):
            arguments = (str(self.facts), steps, pause_s, self.random.choice(ENDS))
            task = self.sender.send_task(self.random.choice(NAMES), arguments, retry=False)
            self.sent.append(str(task.id))
            self.watch_task(str(task.id))

    def watch_task(self, task_id: str) -> None:
        """Somebody opens the page of one of the first tasks, if a web answers just now."""
        if len(self.task_watchers) < MOST_TASK_WATCHERS and self.random.random() < WATCHED_SHARE:
            with suppress(Exception):
                self.task_watchers.append(Watcher(self.random.choice(self.webs).url, f"task:{task_id}"))

    def revoke(self) -> None:
        """Now and then somebody stops one of the last tasks, whether it has begun or not."""
        if self.sent and self.random.random() < REVOKED_SHARE:
            task_id = self.random.choice(self.sent[-10:])
            self.revoked.add(task_id)
            with suppress(Exception):
                self.sender.control.revoke(task_id, terminate=True, signal="SIGKILL")


def run(seed: int, minutes: float, apart: bool = False) -> list[str]:
    """One storm; what went wrong."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        try:
            wrong = _play(Storm(seed, folder, stack, apart), seed, minutes)
        except Exception:
            _keep_logs(folder)
            raise
        if wrong:
            print("\n".join(wrong[:20]))
            _keep_logs(folder)
    return wrong


def _play(storm: Storm, seed: int, minutes: float) -> list[str]:
    storm.blow(minutes)
    watchers = storm.watchers + storm.task_watchers
    wrong = Verdict(storm.server.url, storm.facts, storm.revoked).judge(storm.sent, watchers)
    healed = sum(watcher.answered - 1 for watcher in watchers)
    print(f"seed {seed}: {len(storm.sent)} tasks, {sum(storm.done.values())} faults {dict(storm.done)}")
    print(f"healed by a new subscribe: {healed}; wrong: {len(wrong)}")
    return wrong


def _keep_logs(folder: Path) -> None:
    kept = Path(tempfile.mkdtemp(prefix="storm-logs-"))
    for log in folder.glob("*.log"):
        (kept / log.name).write_bytes(log.read_bytes())
    print(f"logs: {kept}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--apart", action="store_true", help="the broker is a Redis of its own")
    asked = parser.parse_args()
    sys.exit(bool(run(asked.seed, asked.minutes, asked.apart)))

"""`make storm SEED=… MINUTES=…`: random faults for minutes, tasks all the while; then everybody must tell the same.

Every watcher must end with exactly the table's rows, and the table with what the tasks themselves wrote down.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import celery
import redis

from launcher.redis_server import RedisServer
from tests.faults.verdict import judge
from tests.processes import Service, new_web, new_worker
from tests.watcher import Watcher

ENDS = ["succeed"] * 6 + ["fail", "retry"]


class Storm:
    """One storm: its parts, its faults, its verdict."""

    def __init__(self, seed: int, folder: Path, stack: ExitStack) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.facts = folder / "facts"
        self.facts.mkdir()
        self.server = stack.enter_context(RedisServer.start(folder / "redis"))
        self.env = {"REDIS_URL": self.server.url, "DATA_DIR": str(folder), "SECRET_KEY": "only for storms, long enough"}
        self.webs = [self._begin(stack, new_web(folder / f"web{number}.log", **self.env)) for number in range(2)]
        self.workers = [self._begin(stack, self._worker(number)) for number in range(2)]
        self.sender = celery.Celery(broker=self.server.url)
        self.watchers = [Watcher(web.url, "board") for web in self.webs for _ in range(3)]
        stack.callback(lambda: [watcher.client.disconnect() for watcher in self.watchers])
        self.sent: list[str] = []
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
            time.sleep(self.random.uniform(0.2, 2.0))
            fault = self.random.choice(self.faults())
            self.done[fault.__name__] += 1
            print(f"{time.strftime('%H:%M:%S')} {fault.__name__}", flush=True)
            fault()

    def send(self) -> None:
        """Start a task; one that could not be sent has not been started."""
        steps, pause_s = self.random.randint(1, 60), self.random.choice([0.0, 0.005, 0.05])
        with suppress(Exception):
            task = self.sender.send_task(
                "storm.work", (str(self.facts), steps, pause_s, self.random.choice(ENDS)), retry=False
            )
            self.sent.append(str(task.id))

    def faults(self) -> list[Callable[[], None]]:
        """What can break."""
        return [
            self.kill_web,
            self.stop_web,
            self.freeze_web,
            self.kill_worker,
            self.kill_child,
            self.stop_worker,
            self.freeze_worker_shortly,
            self.restart_redis,
            self.kill_redis,
            self.freeze_redis,
            self.drop_sockets,
            self.drop_redis_connections,
        ]

    def kill_web(self) -> None:
        web = self.random.choice(self.webs)
        web.kill()
        time.sleep(self.random.uniform(0, 3))
        web.start()

    def stop_web(self) -> None:
        web = self.random.choice(self.webs)
        assert web.stop() == 0, "a web process that is told to stop must end with 0"
        web.start()

    def freeze_web(self) -> None:
        self._freeze(self.random.choice(self.webs).pid, 4)

    def kill_worker(self) -> None:
        worker = self.random.choice(self.workers)
        worker.kill()
        time.sleep(self.random.uniform(0, 3))
        worker.start()

    def stop_worker(self) -> None:
        worker = self.random.choice(self.workers)
        worker.stop(timeout_s=30)
        worker.start()

    def kill_child(self) -> None:
        worker = self.random.choice(self.workers)
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(self.random.choice(children)), signal.SIGKILL)

    def freeze_worker_shortly(self) -> None:
        self._freeze(self.random.choice(self.workers).pid, 3)

    def restart_redis(self) -> None:
        self.server.stop()
        time.sleep(self.random.uniform(0, 4))
        self.server.restart()

    def kill_redis(self) -> None:
        self.server.kill()
        time.sleep(self.random.uniform(0, 2))
        self.server.restart()

    def freeze_redis(self) -> None:
        self._freeze(self.server.pid, 4)

    def drop_sockets(self) -> None:
        for watcher in self.random.sample(self.watchers, 3):
            with suppress(Exception):
                watcher.client.eio.ws.sock.close()

    def drop_redis_connections(self) -> None:
        with suppress(redis.RedisError), redis.Redis.from_url(self.server.url) as client:
            client.client_kill_filter(_type="normal", skipme=True)

    def _freeze(self, pid: int, longest_s: float) -> None:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.1, longest_s))
        os.kill(pid, signal.SIGCONT)


def run(seed: int, minutes: float) -> list[str]:
    """One storm; what went wrong."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        storm = Storm(seed, folder, stack)
        storm.blow(minutes)
        wrong = judge(storm.server.url, storm.sent, storm.facts, storm.watchers)
        healed = sum(watcher.answered - 1 for watcher in storm.watchers)
        print(f"seed {seed}: {len(storm.sent)} tasks, {sum(storm.done.values())} faults {dict(storm.done)}")
        print(f"healed by a new subscribe: {healed}; wrong: {len(wrong)}")
        if wrong:
            kept = Path(tempfile.mkdtemp(prefix="storm-logs-"))
            for log in folder.glob("*.log"):
                (kept / log.name).write_bytes(log.read_bytes())
            print("\n".join(wrong[:20]), f"\nlogs: {kept}")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=2.0)
    asked = parser.parse_args()
    sys.exit(bool(run(asked.seed, asked.minutes)))

"""`make storm SEED=… MINUTES=…`: random faults for minutes, tasks all the while; then everybody must tell the same.

Every watcher must end with exactly the table's rows, and the table with what the tasks themselves wrote down.
"""

import argparse
import json
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
from typing import Any

import celery
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, new_worker, wait_until
from tests.watcher import Watcher, same
from worker import states
from worker.store import Row, Table

QUIET_S = 90.0
"""How long after the last fault every task must have ended: an orphan is put back, and then runs anew."""

HEAL_S = 5.0
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
        arguments = ("-I", "tests.faults.storm_tasks", "-n", f"w{number}@%h", "--concurrency=2", "--without-mingle")
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

    def verdict(self) -> list[str]:
        """What is wrong, one line each; nothing, if all is well."""
        with redis.Redis.from_url(self.server.url, decode_responses=True) as client:
            table = Table(client)
            wrong = self._wait_for_ends(table)
            for task_id in self.sent:
                wrong += self._compare(task_id, table.row(task_id))
            wrong += self._compare_watchers(table)
        return wrong

    def _wait_for_ends(self, table: Table) -> list[str]:
        def ended(task_id: str) -> bool:
            return states.is_final((table.row(task_id) or {}).get("state") or "")

        with suppress(AssertionError):
            wait_until(lambda: all(ended(task_id) for task_id in self.sent), QUIET_S)
        return [f"{task_id} never ended: {table.row(task_id)}" for task_id in self.sent if not ended(task_id)]

    def _facts_of(self, task_id: str) -> list[dict[str, Any]]:
        with suppress(FileNotFoundError):
            return [json.loads(line) for line in (self.facts / task_id).read_text().splitlines()]
        return []

    def _compare(self, task_id: str, row: Row | None) -> list[str]:
        """The table against what the task wrote down."""
        facts = self._facts_of(task_id)
        ends = [fact["ended"] for fact in facts if "ended" in fact]
        if row is None or not states.is_final(row["state"]):
            return []
        if not ends:
            return [f"{task_id} is {row['state']}, but it never came to an end: {facts}"]
        if row["state"] != ends[-1]:
            return [f"{task_id} is {row['state']}, but it ended {ends}"]
        return []

    def _compare_watchers(self, table: Table) -> list[str]:
        rows = {row["task_id"]: row for row in table.board(most=100_000).rows}
        wrong = []
        for number, watcher in enumerate(self.watchers):
            with suppress(AssertionError):
                wait_until(lambda w=watcher: _is_exact(w, rows), HEAL_S)  # type: ignore[misc]
            if not _is_exact(watcher, rows):
                differ = [task_id for task_id, row in rows.items() if not same(watcher.rows.get(task_id, {}), row)]
                wrong.append(f"watcher {number} differs in {len(differ)} of {len(rows)}: {differ[:3]}")
            wrong += [f"watcher {number}: {fault}" for fault in watcher.faults]
        return wrong


def _is_exact(watcher: Watcher, rows: dict[str, Row]) -> bool:
    newest = dict(list(rows.items())[:1_000])
    return all(same(watcher.rows.get(task_id, {}), row) for task_id, row in newest.items())


def run(seed: int, minutes: float) -> list[str]:
    """One storm; what went wrong."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        storm = Storm(seed, folder, stack)
        storm.blow(minutes)
        wrong = storm.verdict()
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

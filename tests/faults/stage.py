"""Where a fault is played: Redis, a web, a worker, a task that counts and somebody who watches it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from string import ascii_lowercase
from typing import TypeVar

import celery
import redis

from launcher.redis_server import RedisServer
from tests.balancer import Balancer
from tests.faults import facts
from tests.faults.cable import Cable
from tests.faults.subjects import Subject
from tests.faults.witness import Witness
from tests.processes import Service, wait_until
from worker.store import Row, Table

STEPS, PAUSE_S = 60, 0.08
"""The task tells 12 values a second for 5 s: slower than 20 frames a second, so nothing is conflated away."""

T = TypeVar("T")

GONE = "gone"
"""In place of a state: the table has no such row."""


class Void(Exception):
    """The fault was not in force, or nobody was watching: what was measured means nothing."""


class Stage:
    """All parts run when it is made, and end with `stack`."""

    def __init__(self, subject: Subject, folder: Path, stack: ExitStack, **settings: str) -> None:
        """`settings`: of web and worker, such as KEPT_TASKS."""
        self.subject, self.folder, self._stack, self._settings = subject, folder, stack, settings
        self.facts = folder / "facts"
        self.facts.mkdir()
        self.server = stack.enter_context(RedisServer.start(folder / "redis"))
        self.redis_url = self.server.url
        self.webs: list[Service] = []
        self.workers: list[Service] = []
        self.witnesses: list[Witness] = []
        self.task_ids: list[str] = []
        self.run_died = False
        self.margin = 1.0
        self.fault_began = self.fault_ended = 0.0
        self.wrong: list[str] = []
        self.notes: list[str] = []

    @property
    def env(self) -> dict[str, str]:
        """The settings of web and worker."""
        secret = "only for the matrix, and long enough for it"
        return {"REDIS_URL": self.redis_url, "DATA_DIR": str(self.folder), "SECRET_KEY": secret} | self._settings

    @property
    def task_id(self) -> str:
        """The first task: it is what the outcome is about. The others are to be as exact."""
        return self.task_ids[0] if self.task_ids else ""

    @property
    def web(self) -> Service:
        return self.webs[0]

    @property
    def worker(self) -> Service:
        return self.workers[0]

    @property
    def witness(self) -> Witness:
        return self.witnesses[0]

    def open(self) -> None:
        """Start a web and a worker."""
        self.start_web()
        self.start_worker()

    def start_web(self, port: int = 0) -> Service:
        """Start one more web: a, b, c …"""
        env = self.env | {"WEB_NAME": ascii_lowercase[len(self.webs)]}
        web = self.subject.web(self.folder / f"web{len(self.webs)}.log", port, env)
        self.webs.append(web)
        self._stack.callback(web.kill)
        return web.start()

    def start_balancer(self) -> Balancer:
        """Start nginx in front of all webs there are."""
        webs = {name: web.port for name, web in zip(ascii_lowercase, self.webs, strict=False)}
        return self.enter(Balancer(webs))

    def enter(self, context: AbstractContextManager[T]) -> T:
        """Enter a context that ends with the stage."""
        return self._stack.enter_context(context)

    def start_worker(self, concurrency: int = 2, wait: bool = True) -> Service:
        """Start one more worker, and wait until it is ready unless told otherwise."""
        worker = self.subject.worker(self.folder / f"w{len(self.workers)}.log", concurrency, self.env)
        self.workers.append(worker)
        worker.launch()
        self._stack.callback(worker.kill)
        if wait:
            worker.wait_until_ready()
        return worker

    def send(self, name: str = "matrix.count", steps: int = STEPS, pause_s: float = PAUSE_S, **options: object) -> str:
        """Start a task; the options are those of Celery's `send_task`."""
        # Without a results' backend: an AsyncResult lingers, and would look for a Redis that is gone, in another test.
        with celery.Celery(broker=self.server.url) as sender:
            self.task_ids.append(str(sender.send_task(name, (str(self.facts), steps, pause_s), **options).id))
        return self.task_ids[-1]

    def sender(self) -> celery.Celery:
        """A program that sends tasks; to be used as a context."""
        return celery.Celery(broker=self.server.url, backend=self.server.url)

    def watch(self, url: str = "", task_id: str = "", room: str = "board") -> Witness:
        """One more watcher of the task, of the first web unless another is given; plain has a room a task only."""
        return self.join(self.subject.watch(url or self.web.url, task_id or self.task_id, room))

    def join(self, witness: Witness) -> Witness:
        """Take in one more watcher, made elsewhere."""
        self.witnesses.append(witness)
        self._stack.callback(lambda: _leave(witness))
        return witness

    def begin(
        self, name: str = "matrix.count", steps: int = STEPS, pause_s: float = PAUSE_S, url: str = "", **options: object
    ) -> None:
        """The usual opening: the task runs, and its watcher (at `url`) has seen 15 values of it."""
        self.send(name, steps, pause_s, **options)
        self.watch(url)
        self.prove(lambda: (self.latest() or 0) >= 15, "the watcher sees the task run", 20)

    def latest(self) -> int | None:
        """The newest value that the first watcher has seen."""
        return self.witness.sights[-1].current if self.witness.sights else None

    def told(self, task_id: str = "") -> list[facts.Fact]:
        """What the first task, or another, wrote down itself."""
        return facts.read(self.facts, task_id or self.task_id)

    def child(self) -> int:
        """The process that runs the task, or ran it last, by its id."""
        return int([fact["pid"] for fact in self.told() if "began" in fact][-1])

    def runner(self) -> Service:
        """The worker that runs the task; a worker's processes are a group of their own."""
        group = os.getpgid(self.child())
        return next(worker for worker in self.workers if worker.pid == group)

    def row(self, task_id: str = "") -> Row | None:
        """The row of the first task, or of another, in Pushboard's table."""
        with redis.Redis.from_url(self.server.url, decode_responses=True) as client:
            return Table(client).row(task_id or self.task_id)

    def state(self, task_id: str = "") -> str:
        """The state in a task's row, or GONE."""
        return str((self.row(task_id) or {}).get("state") or GONE)

    def prove(self, condition: Callable[[], object], what: str, timeout_s: float = 5.0) -> None:
        """Wait for the precondition of a fault; without it the play is void."""
        try:
            wait_until(condition, timeout_s, what)
        except AssertionError as error:
            raise Void(str(error)) from error

    def cable(self) -> Cable:
        """A cable to the first web: `stage.watch(cable.url)` watches through it."""
        return self._stack.enter_context(Cable(self.web.port))

    @contextmanager
    def fault(self) -> Iterator[None]:
        """What happens within is the fault: healing is counted from its end."""
        self.fault_began = self.fault_ended = time.time()
        yield
        self.fault_ended = time.time()

    def died(self, at: float) -> None:
        """The fault was at this time, and with it the run came to its end: only that end, or a later run, is news."""
        self.fault_began = self.fault_ended = at
        self.run_died = True


def _leave(witness: Witness) -> None:
    with suppress(Exception):  # its connection may be the very thing that broke
        witness.client.disconnect()

"""A board of many tasks, of which a thousand run and change all the time."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from launcher.redis_server import RedisServer
from tests.processes import Service, new_web
from worker import events, states
from worker.events import Event
from worker.stream import Limits, Log, connect

LIMITS = Limits(tasks=100_000)
RUNNING = 1_000
CHANGES_A_SECOND = 1_000
STRIDE = 617
"""From one change to the next. It has no divisor in common with RUNNING, so that changes are all over the list."""
NAMES = ("media.transcode_video", "mail.send_mailing", "shop.reconcile_payments")


@contextmanager
def board_of(number: int) -> Iterator[tuple[Service, str]]:
    """A web whose Redis has so many tasks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(RedisServer.start(folder / "redis"))
        with connect(server.url) as client:
            fill(Log(client, LIMITS), number)
        env = {"REDIS_URL": server.url, "DATA_DIR": str(folder), "SECRET_KEY": "only for this bench, long enough"}
        web = new_web(folder / "web.log", **env).start()
        stack.callback(web.stop)
        yield web, server.url


def fill(log: Log, number: int) -> None:
    """Tasks, of which the last ones run."""
    for first in range(0, number, 500):
        batch = range(first, min(first + 500, number))
        log.append_all(event for task in batch for event in life(task, number - task <= RUNNING))


def life(task: int, runs: bool) -> Iterator[Event]:
    """What is told of one task: sent, begun if it runs."""
    yield events.sent(f"task-{task}", NAMES[task % 3], ("celery", "slow")[task % 2], args=f"({task},)")
    if runs:
        yield Event("task-started", f"task-{task}", states.STARTED, "r", 0, "started_at", {"worker": "worker-1@host"})


class Load(threading.Thread):
    """Reports of the running tasks, so many a second, until it is stopped."""

    def __init__(self, redis_url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.redis_url, self.number = redis_url, number
        self.sent = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        started = time.monotonic()
        with connect(self.redis_url) as client:
            log = Log(client, LIMITS)
            while not self.stopped.wait(0.05):
                due = int((time.monotonic() - started) * CHANGES_A_SECOND) - self.sent
                log.append_all(self._report(self.sent + place) for place in range(min(due, CHANGES_A_SECOND)))
                self.sent += due

    def _report(self, place: int) -> Event:
        step = place // RUNNING + 1
        fields = {"current": step % 100, "total": 100, "note": f"Packing box {step}"}
        task = self.number - 1 - place * STRIDE % RUNNING
        return events.progressed(f"task-{task}", "r", 1, states.PROGRESS, fields)

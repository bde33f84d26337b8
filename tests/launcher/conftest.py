"""`python -m launcher`, started for real in a folder of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery

from launcher import leftovers, ports
from launcher.redis_server import RedisServer
from tests.processes import ROOT, service_env, wait_until
from worker import keys


class Launched:
    """A launcher with its data folder and its port; `log` is what it has printed."""

    def __init__(self, data_dir: Path, **env: str) -> None:
        self.data_dir = data_dir
        self.env = service_env(DATA_DIR=str(data_dir), PORT=str(ports.free_port())) | env
        self.output = data_dir.with_suffix(f".{time.monotonic_ns()}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self._redis: RedisServer | None = None

    def start(self) -> "Launched":
        with self.output.open("ab") as file:
            command = [sys.executable, "-m", "launcher"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
            )
        return self

    @property
    def log(self) -> str:
        return self.output.read_text(errors="replace")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}"

    def wait_for(self, text: str, timeout_s: float = 30) -> None:
        wait_until(lambda: text in self.log or self._has_ended(), timeout_s, f"the launcher prints {text!r}")
        assert text in self.log, self.log

    def ready(self) -> "Launched":
        """Wait until web and worker are up."""
        self.wait_for("ready → ")
        self.wait_for("ready.")
        return self

    def signal(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def ended(self, timeout_s: float = 40) -> int:
        """The exit code, once it has ended."""
        assert self.process
        return self.process.wait(timeout_s)

    def redis_url(self) -> str:
        """Of the Redis of our data folder; started if it has been stopped."""
        if not self._redis or not self._redis.is_alive():
            self._redis = RedisServer.start(self.data_dir)
        return self._redis.url

    def start_long_task(self, step_s: float) -> str:
        """Start one and wait until it works; answers its id."""
        with Celery(broker=self.redis_url(), set_as_current=False) as client:
            task = client.send_task("demo.long_task", kwargs={"step_s": step_s}, ignore_result=True)
        wait_until(lambda: self.state_of(task.id) == "PROGRESS", what="the task works")
        return str(task.id)

    def state_of(self, task_id: str) -> str:
        """The state in the table."""
        with redis.Redis.from_url(self.redis_url(), decode_responses=True) as client:
            return str(json.loads(client.hget(keys.row(task_id), "state") or '""'))

    def processes(self) -> list[int]:
        """The processes of this machine that were started for our data folder."""
        setting = f"DATA_DIR={self.data_dir}".encode()
        return [pid for pid in _pids() if setting in _environ(pid).split(b"\0") or pid == self.redis_pid()]

    def redis_pid(self) -> int:
        """The process of our Redis, which hides its environment; 0 if none runs."""
        return next((pid for pid in _pids() if str(self.data_dir) in _folder(pid)), 0)

    def clean_up(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        leftovers.end(self.data_dir / "processes.json", patience_s=0)
        if self.redis_pid() and not self._redis:
            self._redis = RedisServer.start(self.data_dir)
        if self._redis:
            self._redis.stop()

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""  # it has just ended


def _folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""  # it has just ended


@pytest.fixture
def launch(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Launched]]:
    """Start a launcher: `launch(MAIL_PORT="…")`; all of it is gone after the test."""
    started: list[Launched] = []

    def start(data_dir: Path = tmp_path / "data", **env: str) -> Launched:
        started.append(Launched(data_dir, **env))
        return started[-1].start()

    yield start
    for launched in started:
        launched.clean_up()

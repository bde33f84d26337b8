"""The web and worker processes of the tests: the Procfile's very commands, started for real."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from launcher import ports

ROOT = Path(__file__).parents[1]
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
OURS = (
    "REDIS_",
    "CELERY_",
    "MAIL_",
    "SECRET_KEY",
    "DATA_DIR",
    "PORT",
    "HOST",
    "WEB_NAME",
    "PUBLIC_URL",
    "TASK_MODULES",
    "PUSHBOARD_",
)


class Service:
    """One running command of the Procfile, its output kept in a file."""

    def __init__(
        self, name: str, command: str, env: dict[str, str], output: Path, ready: Callable[[], bool] | None = None
    ) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.output = output
        self.port = int(env.get("PORT", "0"))
        self._is_ready = ready
        self._process: subprocess.Popen[bytes] | None = None
        self._already = 0

    @property
    def url(self) -> str:
        """Where this web process answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process, f"{self.name} was never started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        return self.process.poll()

    def log(self) -> str:
        """All that the process has printed so far, also before a restart."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def start(self) -> "Service":
        """Start and wait until it is ready; also starts again after `stop` or `kill`."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start, and wait for nothing."""
        self._already = len(self.log())
        with self.output.open("ab") as file:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {self.command}"],
                cwd=ROOT,
                env=self.env,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """SIGTERM to its process group, as platforms do; SIGKILL after the timeout. Answers the exit code."""
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return self.kill()
        finally:
            self._kill_group()

    def kill(self) -> int:
        """SIGKILL to the process and all its children."""
        self._kill_group()
        return self.process.wait()

    def signal(self, number: int) -> None:
        """Send a signal to the whole process group."""
        if self.process.poll() is None:
            os.killpg(self.pid, number)

    def wait_for_log(self, text: str, timeout_s: float = START_TIMEOUT_S, after: int = 0) -> None:
        """Wait until the process has printed this text (from the character `after` on)."""
        wait_until(lambda: text in self.log()[after:], timeout_s, f"{self.name} prints {text!r}")

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait_until_ready(self) -> None:
        """Wait until a service that was launched is ready."""
        wait_until(lambda: self.returncode is not None or self._ready(), START_TIMEOUT_S, f"{self.name} is ready")
        assert self.returncode is None, f"{self.name} ended at its start:\n{self.log()}"

    def _ready(self) -> bool:
        if self._is_ready:
            return self._is_ready()
        return answers_healthz(self.url) if self.port else " ready" in self.log()[self._already :]


def wait_until(condition: Callable[[], object], timeout_s: float = 10.0, what: str = "it happens") -> None:
    """Look again every 20 ms until the condition holds; fail with `what` after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s:g} s in vain until {what}"
        time.sleep(0.02)


def waited(condition: Callable[[], object], timeout_s: float) -> bool:
    """Look again until the condition holds or the timeout has passed; whether it holds."""
    with contextlib.suppress(AssertionError):
        wait_until(condition, timeout_s)
    return bool(condition())


def procfile_command(name: str) -> str:
    """The command of this line of the Procfile."""
    lines = (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    return {key: command for key, _, command in lines}[name]


def service_env(**extra: str) -> dict[str, str]:
    """This machine's environment without Pushboard's own settings, this Python first on PATH."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    return env | {"PYTHONUNBUFFERED": "1"} | extra


def answers_healthz(url: str) -> bool:
    """Whether a web process answers there."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def new_web(output: Path, **env: str) -> Service:
    """A web process on a free port, not started yet."""
    return Service("web", procfile_command("web"), service_env(PORT=str(ports.free_port())) | env, output)


def new_worker(output: Path, *arguments: str, **env: str) -> Service:
    """A worker, not started yet; arguments are added to the Procfile's command, such as `--concurrency=1`."""
    # Meeting the other workers takes a second of each start, and nothing here rests on it.
    command = " ".join([procfile_command("worker"), "--without-mingle", "--without-gossip", *arguments])
    return Service("worker", command, service_env(**env), output)

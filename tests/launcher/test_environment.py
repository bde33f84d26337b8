"""A second terminal beside `make run`, and tasks of one's own there: as README and docs/your-own-tasks.md say it."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from launcher import process_groups
from tests.launcher.conftest import Launched
from tests.processes import ROOT, service_env, wait_until
from worker.registry import Registry

Launch = Callable[..., Launched]


def told(data_dir: Path) -> "subprocess.CompletedProcess[str]":
    """What `python -m launcher.environment` says for this folder."""
    command = [sys.executable, "-m", "launcher.environment"]
    env = service_env(DATA_DIR=str(data_dir))
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def wait_for_task(run: Launched, name: str) -> None:
    """Until a worker has told of it."""
    with redis.Redis.from_url(run.redis_url(), decode_responses=True) as client:
        wait_until(lambda: Registry(client).one(name), 20, f"{name} can be run")


def asked_to_run(run: Launched, name: str, **kwargs: object) -> str:
    """The id of a task that was started over HTTP."""
    body = json.dumps({"name": name, "kwargs": kwargs}).encode()
    request = urllib.request.Request(f"{run.url}/api/tasks", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["task_id"])


@contextmanager
def terminal(folder: Path, line: str) -> Iterator[None]:
    """A shell in this folder that knows nothing of Pushboard but what the line says."""
    env = {"PATH": os.defpath, "HOME": str(folder)}
    with (folder / "terminal.log").open("wb") as log:
        shell = subprocess.Popen(
            ["/bin/sh", "-c", line], cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        process_groups.send(shell.pid, signal.SIGKILL)
        shell.wait()


def test_an_application_of_ones_own_gets_on_the_board_as_the_documents_say(launch: Launch, tmp_path: Path) -> None:
    run = launch().ready()
    document = (ROOT / "docs" / "your-own-tasks.md").read_text()
    (tmp_path / "shop.py").write_text(re.findall(r"```python\n(.*?)```", document, re.DOTALL)[0])
    worker = next(line.strip() for line in document.splitlines() if line.startswith("    celery -A shop worker"))
    with terminal(tmp_path, f"eval {shlex.quote(told(run.data_dir).stdout)}; exec {worker} --concurrency=1"):
        wait_for_task(run, "shop.count")
        task_id = asked_to_run(run, "shop.count", total=10)
        wait_until(lambda: run.state_of(task_id) == "PROGRESS", 10, "it is seen on its way")
        wait_until(lambda: run.state_of(task_id) == "SUCCESS", 10, "it is done")


def test_the_commands_of_a_terminal_find_the_web_on_whatever_port_it_listens(launch: Launch, tmp_path: Path) -> None:
    run = launch().ready()
    assert not run.url.endswith(":5000"), "void: it is found without being told"
    line = f"{told(run.data_dir).stdout}\ncd {shlex.quote(str(ROOT))} && flask --app app.factory tasks --json"
    env = {"PATH": os.defpath, "HOME": str(tmp_path)}
    answer = subprocess.run(["/bin/sh", "-c", line], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr


def test_where_nothing_runs_it_says_so_and_starts_nothing(tmp_path: Path) -> None:
    answer = told(tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "No Redis of `make run` runs" in answer.stderr
    assert not (tmp_path / "redis.port").exists()


def test_a_run_takes_the_modules_with_ones_own_tasks(launch: Launch) -> None:
    run = launch(TASK_MODULES="tests.form_tasks, tests.story_tasks").ready()
    wait_for_task(run, "forms.every_kind")
    wait_for_task(run, "demo.long_task")

"""`watch`: tasks until they have ended."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import celery

from tests.processes import ROOT, Service, service_env, wait_until
from worker import events, states
from worker.events import Event
from worker.stream import Log


def _begin(log: Log, task_id: str) -> None:
    log.append(events.sent(task_id, "shop.order", "celery"))
    log.append(Event("task-started", task_id, states.STARTED, "r", 0, "started_at", {"worker": "w1"}))


def _report(log: Log, task_id: str, current: int) -> None:
    fields = {"current": current, "total": 100, "note": f"box {current}"}
    log.append(events.progressed(task_id, "r", 1, states.PROGRESS, fields))


def _end(log: Log, task_id: str, state: str = states.SUCCESS) -> None:
    log.append(events.ended("task-ended", task_id, state, "r", 1, summary="all packed"))


def test_a_real_task_is_watched_to_its_end(
    web: Service, start_worker: Callable[..., Service], redis_url: str, run: Any
) -> None:
    start_worker("--concurrency=1")
    sender = celery.Celery(broker=redis_url, backend=redis_url)
    task = sender.send_task("demo.long_task", kwargs={"step_s": 0.05})
    watched = run(web, "watch", task.id)
    assert watched.wait(60) == 0
    assert watched.lines[-1].startswith(f"SUCCESS   [{'#' * 24}] 100 % demo.long_task")
    assert len(watched.lines) <= 16  # a line for each state, and for each tenth of the way


def test_the_exit_code_says_whether_all_have_succeeded(web: Service, log: Log, run: Any) -> None:
    _begin(log, "t1")
    _begin(log, "t2")
    both, one = run(web, "watch", "t1", "t2"), run(web, "watch", "t1")
    both.wait_for("t2")
    _end(log, "t1")
    _end(log, "t2", states.FAILURE)
    assert (both.wait(), one.wait()) == (1, 0)


def test_a_task_that_nobody_issued_is_unknown(web: Service, run: Any) -> None:
    watched = run(web, "watch", "never-sent")
    assert watched.wait() == 3
    assert "Nobody issued a task with this id" in watched.said


def test_what_happens_while_the_web_is_away_is_told_when_it_is_back(web: Service, log: Log, run: Any) -> None:
    _begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("STARTED")
    web.kill()
    watched.wait_to_hear("reconnecting")
    _report(log, "t1", 50)
    web.start()
    watched.wait_to_hear("Live again.")
    watched.wait_for(" 50 %")
    _report(log, "t1", 75)
    watched.wait_for(" 75 %")
    _end(log, "t1")
    assert watched.wait() == 0
    assert len(watched.lines) == len(set(watched.lines)) == 4


class Terminal:
    """A command in a terminal of 100 columns."""

    def __init__(self, web: Service, folder: str, *arguments: str) -> None:
        self.read = b""
        self._end, theirs = pty.openpty()
        env = service_env(DATA_DIR=folder, SECRET_KEY="only for tests, and long enough for them", COLUMNS="100")
        line = [sys.executable, "-m", "flask", "--app", "app.factory", *arguments, "--url", web.url]
        self.process = subprocess.Popen(line, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)

    def shows(self, text: str) -> bool:
        with contextlib.suppress(OSError):  # it has ended, and all is read
            if select.select([self._end], [], [], 0.01)[0]:
                self.read += os.read(self._end, 65_536)
        return text.encode() in self.read

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)


def test_in_a_terminal_the_bar_is_drawn_over_and_over(web: Service, log: Log, tmp_path: Any) -> None:
    _begin(log, "t1")
    terminal = Terminal(web, str(tmp_path), "watch", "t1")
    try:
        wait_until(lambda: terminal.shows("[........................]"), 20, "an empty bar is drawn")
        for share in (50, 100):
            _report(log, "t1", share)
            bar = f"[{'#' * (24 * share // 100)}{'.' * (24 - 24 * share // 100)}]"
            wait_until(lambda bar=bar: terminal.shows(bar), 20, f"{share} % is drawn")
        assert b"\x1b[1A\r\x1b[2K" in terminal.read
        assert terminal.read.count(b"STARTED") < 50
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(10) == 130
        terminal.shows("")
        assert b"Traceback" not in terminal.read
    finally:
        terminal.close()

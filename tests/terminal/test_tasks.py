"""`tasks`: the list, in a terminal."""

import json
import socket
from pathlib import Path
from typing import Any

from terminal import clean
from tests.processes import Service
from tests.terminal.seen import Terminal
from worker import events, states
from worker.events import Event
from worker.stream import Log

EVIL = "evil\x1b]0;owned\x07\x1b[2J\r\u202egnp.exe\x9b31m"


def _task(log: Log, task_id: str, name: str, state: str = states.STARTED, note: str = "") -> None:
    log.append(events.sent(task_id, name, "celery"))
    log.append(Event("task-started", task_id, states.STARTED, "r", 0, "started_at", {"worker": "w1"}))
    if note:
        fields = {"current": 3, "total": 4, "note": note}
        log.append(events.progressed(task_id, "r", 1, states.PROGRESS, fields))
    if states.is_final(state):
        log.append(events.ended("task-ended", task_id, state, "r", 1, summary="the end"))


def test_tasks_are_listed_newest_first_with_how_far_they_are(web: Service, log: Log, run: Any) -> None:
    _task(log, "t1", "shop.order", states.SUCCESS)
    _task(log, "t2", "media.cut", note="scene 3")
    listed = run(web, "tasks")
    assert listed.wait() == 0
    first, second = listed.lines
    assert first.startswith("t2 PROGRESS   75 % media.cut ") and first.endswith("scene 3")
    assert second.startswith("t1 SUCCESS   100 % shop.order ") and second.endswith("the end")
    assert listed.said == "2 shown. 1 running, 1 succeeded.\n"


def test_the_list_can_be_filtered_as_the_page(web: Service, log: Log, run: Any) -> None:
    _task(log, "t1", "shop.order", states.FAILURE)
    _task(log, "t2", "shop.order", states.SUCCESS)
    _task(log, "t3", "media.cut", states.FAILURE)
    named = run(web, "tasks", "--json", "--name", "shop.order", "--oldest")
    failed = run(web, "tasks", "--json", "--state", "failed", "-n", "1")
    assert (named.wait(), failed.wait()) == (0, 0)
    assert [json.loads(line)["task_id"] for line in named.lines] == ["t1", "t2"]
    assert [json.loads(line)["task_id"] for line in failed.lines] == ["t3"]


def test_nothing_that_a_task_says_acts_on_the_terminal(web: Service, log: Log, run: Any) -> None:
    _task(log, "t1", EVIL, note=EVIL)
    listed = run(web, "tasks")
    assert listed.wait() == 0
    (line,) = listed.lines
    assert "evil␍[U+202E]gnp.exe[U+009B]31m" in line
    assert not {"\x1b", "\x07", "\r", "\u202e", "\x9b"} & set(line)


def test_where_nobody_answers_it_says_where_it_looked_and_what_to_do(run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        listed = run(f"http://127.0.0.1:{taken.getsockname()[1]}", "tasks")
        assert listed.wait() == 4
    assert "No Pushboard answers at http://127.0.0.1:" in listed.said
    assert "Name another with --url" in listed.said


def test_more_than_a_page_is_listed_and_counted(web: Service, log: Log, run: Any) -> None:
    for number in range(230):
        log.append(events.sent(f"t{number}", "shop.order", "celery"))
    _task(log, "failed", "shop.order", states.FAILURE)
    listed, named = run(web, "tasks", "-n", "220"), run(web, "tasks", "-n", "1", "--name", "shop.order")
    early = run(web, "tasks", "--until", "2000-01-01 10:00")
    assert (listed.wait(), named.wait(), early.wait()) == (0, 0, 0)
    assert [line.split()[0] for line in listed.lines] == ["failed", *(f"t{number}" for number in range(229, 10, -1))]
    assert listed.said == "220 shown. 230 queued, 1 failed.\n"
    assert named.said == "1 of 231 shown.\n"
    assert early.lines == []


def test_the_list_fits_into_a_terminal(web: Service, log: Log, tmp_path: Path) -> None:
    _task(log, "0f8fad5b-d9cb-469f-a165-70867728950e", "media.仕事" * 10, states.FAILURE, note="仕事" * 90)
    terminal = Terminal(tmp_path, "tasks", "--url", web.url, columns=80)
    try:
        assert terminal.process.wait(40) == 0
        line, counted = terminal.lines()
        assert "\x1b[31mFAILURE" in terminal.raw()
        assert line.startswith("0f8fad5b-d9cb-469f-a165-70867728950e FAILURE")
        assert clean.width(line) <= 80 and "…" in line
        assert counted == "1 shown. 1 failed."
    finally:
        terminal.close()

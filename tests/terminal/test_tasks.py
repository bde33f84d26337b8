"""`tasks`: the list, in a terminal."""

import json
import socket
from typing import Any

from tests.processes import Service
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


def test_an_address_that_is_none_is_refused(run: Any) -> None:
    listed = run("file:///etc/passwd", "tasks")
    assert listed.wait() == 2
    assert "it must begin with http:// or https://" in listed.said

"""Somebody comes late, too late, or as the second one (F23, F24)."""

import time

from tests.asking import ask
from tests.faults.play import Fault
from tests.faults.stage import GONE, Stage
from tests.faults.subjects import PUSHBOARD
from tests.faults.witness import Witness

MOST_BEHIND_S = 0.25


def late(stage: Stage) -> None:
    """Somebody comes when all is over: to the task's page, and to the board."""
    stage.begin(steps=20)
    stage.prove(lambda: any("ended" in fact for fact in stage.told()), "the task ends", 20)
    time.sleep(1)
    with stage.fault():
        pass
    for room in (f"task:{stage.task_id}", "board"):
        stage.watch(room=room)


def expired(stage: Stage) -> None:
    """100 tasks are kept, and 110 have come since: nobody knows this one any more, and nobody says that it waits."""
    stage.begin(steps=20)
    stage.prove(lambda: stage.state() == "SUCCESS", "the task ends", 20)
    with stage.fault(), stage.sender() as sender:
        for _ in range(110):
            sender.send_task("matrix.count", (str(stage.facts), 1, 0))
        stage.prove(lambda: stage.state() == GONE, "the task has expired", 30)
    refused = stage.witness.client.call("subscribe", {"room": f"task:{stage.task_id}"}, timeout=5)
    if refused.get("error", {}).get("code") != "unknown_task":
        stage.wrong.append(f"a late subscribe is answered {refused}")
    for path in ("/status/", "/api/tasks/", "/tasks/"):
        if ask(stage.web, path + stage.task_id)[0] != 404:
            stage.wrong.append(f"{path} still answers")


def second_watcher(stage: Stage) -> None:
    """Somebody else begins to watch in mid-task, and is as far as the first at once."""
    stage.begin()
    with stage.fault():
        pass
    began = time.monotonic()
    second = stage.watch()
    stage.prove(lambda: second.sights, "the second watcher sees the task")
    while not _are_together(stage.witness, second) and time.monotonic() - began < 5:
        time.sleep(0.001)
    took_s = time.monotonic() - began
    stage.notes.append(f"together after {took_s * 1000:.0f} ms")
    if took_s > MOST_BEHIND_S and stage.subject is PUSHBOARD:
        stage.wrong.append(f"as far as the first after {took_s * 1000:.0f} ms")


def _are_together(first: Witness, second: Witness) -> bool:
    return first.sights[-1][1:] == second.sights[-1][1:]


ROWS = [
    Fault("F23a", "late joiners, after the end", late),
    Fault("F23b", "late joiner, after expiry", expired, {GONE}, settings={"KEPT_TASKS": "100"}, plain=False),
    Fault("F24", "second watcher in mid-task", second_watcher),
]

"""The watcher is cut off, comes late, comes twice (F2, F3, F4, F5, F6 for many, F23, F24)."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

from tests.asking import ask
from tests.faults.play import Fault
from tests.faults.stage import GONE, PAUSE_S, STEPS, Stage
from tests.faults.subjects import PUSHBOARD
from tests.faults.witness import Witness

RECONNECTS = 200
MOST_BEHIND_S = 0.25


def subscribed_around_the_start(stage: Stage) -> None:
    """20 short tasks: the watcher of each subscribes at a random moment around its start."""
    rng = random.Random(2)

    def play_one(number: int) -> bool:
        task_id = str(uuid4())
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(_send_after, stage, task_id, rng.uniform(0, 0.1))
            time.sleep(rng.uniform(0, 0.1))
            stage.watch(task_id=task_id, room=f"task:{task_id}" if number % 2 else "board")
            subscribed_at = time.time()
            sending.result()
        stage.prove(lambda: stage.told(task_id), "the task begins")
        return subscribed_at < stage.told(task_id)[0]["began"]

    with stage.fault():
        early = [play_one(number) for number in range(20)]
    stage.prove(lambda: any(early) and not all(early), "some watchers were early, and some were late")


def _send_after(stage: Stage, task_id: str, pause_s: float) -> None:
    time.sleep(pause_s)
    stage.send(steps=4, pause_s=0.05, task_id=task_id)


def cut_off(stage: Stage, away_s: float) -> None:
    """The watcher's connection is cut, and cannot be made again for a while."""
    cable = stage.cable()
    stage.begin(steps=_steps_for(away_s), url=cable.url)
    with stage.fault():
        cable.cut()
        _stay_away(stage, away_s)
        cable.mend()
    stage.prove(lambda: stage.witness.drops, "the watcher lost its connection")


def asleep(stage: Stage, away_s: float) -> None:
    """Nothing comes through for a while, and neither end is told."""
    cable = stage.cable()
    stage.begin(steps=_steps_for(away_s), url=cable.url)
    with stage.fault():
        cable.freeze()
        _stay_away(stage, away_s)
        cable.mend()


def network_changed(stage: Stage) -> None:
    """The connection is still open, and nothing ever comes through it again: a new one would work."""
    cable = stage.cable()
    stage.begin(steps=_steps_for(20), url=cable.url)
    with stage.fault():
        cable.forget()
        _stay_away(stage, 1)
    stage.prove(lambda: stage.witness.drops, "the watcher gave the connection up", 60)


def _steps_for(away_s: float) -> int:
    """The task goes on for 4 s after the watcher is back."""
    return STEPS + int(away_s / PAUSE_S)


def _stay_away(stage: Stage, away_s: float) -> None:
    time.sleep(min(away_s, 0.05))  # what was under way has arrived
    heard = len(stage.witness.sights)
    time.sleep(max(away_s - 0.05, 0))
    stage.prove(lambda: len(stage.witness.sights) == heard, "a watcher that is cut off sees nothing", 0)


def ended_meanwhile(stage: Stage) -> None:
    """The task ends while its watcher is away."""
    cable = stage.cable()
    stage.begin(steps=30, url=cable.url)
    with stage.fault():
        cable.cut()
        stage.prove(lambda: any("ended" in fact for fact in stage.told()), "the task ends", 20)
        time.sleep(1)
        cable.mend()
    stage.prove(lambda: stage.witness.drops, "the watcher lost its connection")


def reconnected_again_and_again(stage: Stage) -> None:
    """The connection is cut 200 times, each time at another moment of being made again."""
    rng = random.Random(5)
    cable = stage.cable()
    stage.begin(steps=1800, url=cable.url)
    with stage.fault():
        for _ in range(RECONNECTS):
            drops = stage.witness.drops
            time.sleep(rng.uniform(0, 0.1))
            cable.drop()
            stage.prove(lambda before=drops: stage.witness.drops > before, "it loses its connection")  # type: ignore[misc]
            stage.prove(lambda: stage.witness.client.connected, "it connects again")
    stage.prove(lambda: stage.state() == "PROGRESS", "the task still runs", 0)


def many_when_the_web_is_killed(stage: Stage) -> None:
    """40 watchers, 20 of the board and 20 of the task; the web is killed and comes back."""
    stage.begin()
    for number in range(39):
        stage.watch(room=f"task:{stage.task_id}" if number % 2 == 0 else "board")
    with stage.fault():
        stage.web.kill()
        time.sleep(1)
        stage.web.start()
    stage.prove(lambda: all(witness.drops for witness in stage.witnesses), "all lost their connections")


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


def _away(body: Callable[[Stage, float], None], seconds: float) -> Callable[[Stage], None]:
    return partial(body, away_s=seconds)


ROWS = [
    Fault("F2", "20 tasks, subscribed around their start", subscribed_around_the_start, quick=True),
    Fault("F3a", "watcher cut off for 0.1 s", _away(cut_off, 0.1)),
    Fault("F3b", "watcher cut off for 3 s", _away(cut_off, 3), quick=True),
    Fault("F3c", "watcher cut off for 30 s", _away(cut_off, 30)),
    Fault("F3d", "watcher cut off for 300 s", _away(cut_off, 300), task_s=400, slow=True),
    Fault("F3e", "watcher asleep for 3 s", _away(asleep, 3)),
    Fault("F3f", "watcher asleep for 30 s", _away(asleep, 30)),
    # No end can know before a ping is missing: every 10 s, awaited for 5 s.
    Fault("F3g", "watcher's network changed, in silence", network_changed, within_s=17),
    Fault("F4", "the task ends while the watcher is away", ended_meanwhile, quick=True),
    Fault("F5", "200 forced reconnects", reconnected_again_and_again, task_s=240),
    Fault("F6d", "web killed, 40 watchers of two rooms", many_when_the_web_is_killed),
    Fault("F23a", "late joiners, after the end", late),
    Fault("F23b", "late joiner, after expiry", expired, {GONE}, settings={"KEPT_TASKS": "100"}, plain=False),
    Fault("F24", "second watcher in mid-task", second_watcher),
]

"""The watcher is cut off, again and again, or subscribes as the task begins (F2, F3, F4, F5, F6 for many)."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from tests.faults.cable import Cable
from tests.faults.play import Fault
from tests.faults.stage import PAUSE_S, STEPS, Stage

RECONNECTS = 200


def subscribed_around_the_start(stage: Stage) -> None:
    """20 short tasks: the watcher of each subscribes up to 50 ms before, while or up to 50 ms after it is sent."""
    rng = random.Random(2)

    def send(task_id: str, pause_s: float) -> None:
        time.sleep(pause_s)
        stage.send(steps=4, pause_s=0.05, task_id=task_id)

    def play_one(number: int) -> bool:
        task_id, pause_s = str(uuid4()), rng.uniform(0, 0.05)
        room = f"task:{task_id}" if number % 2 else "board"
        with ThreadPoolExecutor(1) as pool:
            if number % 3 == 0:  # nobody issued the id yet: its own room would be refused
                stage.watch(task_id=task_id)
                subscribed_at = time.time()
            sending = pool.submit(send, task_id, pause_s)
            if number % 3 == 1:
                stage.watch(task_id=task_id, room=room)
                subscribed_at = time.time()
            sending.result()
        if number % 3 == 2:
            time.sleep(pause_s)
            stage.watch(task_id=task_id, room=room)
            subscribed_at = time.time()
        stage.prove(lambda: stage.told(task_id), "the task begins")
        return subscribed_at < stage.told(task_id)[0]["began"]

    with stage.fault():
        early = [play_one(number) for number in range(20)]
    stage.notes.append(f"{sum(early)} of 20 before the task began")


def cut_off(stage: Stage, away_s: float) -> None:
    """The watcher's connection is cut, and cannot be made again for a while."""
    with _through_a_cable(stage, _steps_for(away_s)) as cable:
        cable.cut()
        _stay_away(stage, away_s)
        cable.mend()
    stage.prove(lambda: stage.witness.drops, "the watcher lost its connection")


def asleep(stage: Stage, away_s: float) -> None:
    """Nothing comes through for a while, and neither end is told."""
    with _through_a_cable(stage, _steps_for(away_s)) as cable:
        cable.freeze()
        _stay_away(stage, away_s)
        cable.mend()


def network_changed(stage: Stage) -> None:
    """The connection is still open, and nothing ever comes through it again: a new one would work."""
    with _through_a_cable(stage, _steps_for(20)) as cable:
        cable.forget()
        _stay_away(stage, 1)
    stage.prove(lambda: stage.witness.drops, "the watcher gave the connection up", 60)


@contextmanager
def _through_a_cable(stage: Stage, steps: int) -> Iterator[Cable]:
    """A task of so many steps, whose watcher is connected by the cable; what happens within is the fault."""
    cable = stage.cable()
    stage.begin(steps=steps, url=cable.url)
    with stage.fault():
        yield cable


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
    with _through_a_cable(stage, 30) as cable:
        cable.cut()
        stage.prove(lambda: any("ended" in fact for fact in stage.told()), "the task ends", 20)
        time.sleep(1)
        cable.mend()
    stage.prove(lambda: stage.witness.drops, "the watcher lost its connection")


def reconnected_again_and_again(stage: Stage) -> None:
    """The connection is cut 200 times, each time at another moment of being made again."""
    rng = random.Random(5)
    with _through_a_cable(stage, 1800) as cable:
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
]

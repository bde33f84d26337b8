"""Several webs behind nginx, without sticky sessions; one dies, stops, freezes (F7)."""

import signal
import time
from collections.abc import Callable

from tests.faults.play import Fault
from tests.faults.stage import PAUSE_S, STEPS, Stage
from tests.faults.subjects import PUSHBOARD
from tests.faults.witness import PushboardWitness
from tests.processes import Service

FROZEN_S = 10.0
AWAY_S = 2.0
NGINX_NOTICES_S = 1.0
NOTICED_S = 30.0
"""15 s without a ping, and then attempts of 5 s each while nginx sends them to the frozen web again."""


def begin(stage: Stage, webs: int = 2, steps: int = STEPS) -> None:
    """A task runs; each web has a watcher by WebSocket and, of Pushboard's, one that polls long."""
    while len(stage.webs) < webs:
        stage.start_web()
    url = stage.start_balancer().url
    stage.send(steps=steps)
    for _ in range(webs):
        stage.watch(url)
    for _ in range(webs if stage.subject is PUSHBOARD else 0):  # plain: nothing connects that way
        stage.join(PushboardWitness(url, stage.task_id, transports=["polling"]))
    stage.prove(lambda: all(seen(stage, number) >= 5 for number in range(len(stage.witnesses))), "all see it run", 20)


def seen(stage: Stage, number: int) -> int:
    """The newest value that this watcher has seen."""
    sights = stage.witnesses[number].sights
    return (sights[-1].current or 0) if sights else 0


def prove_drops(stage: Stage, webs: int = 2) -> None:
    """nginx takes turns: each web had one watcher of each kind, and the first web is the one that broke."""
    broken = stage.witnesses[::webs]
    stage.prove(lambda: all(witness.drops for witness in broken), "its watchers lost their connections")


def killed(webs: int) -> Callable[[Stage], None]:
    """One web is killed and stays away."""

    def body(stage: Stage) -> None:
        begin(stage, webs)
        with stage.fault():
            stage.web.kill()
        prove_drops(stage, webs)

    return body


def all_killed(stage: Stage) -> None:
    """Both webs are killed and come back: nginx must not hold their absence against them."""
    begin(stage, steps=2 * STEPS)
    with stage.fault():
        for web in stage.webs:
            web.kill()
        time.sleep(AWAY_S)
        for web in stage.webs:
            web.start()
    prove_drops(stage)


def told_to_stop(stage: Stage) -> None:
    """One web is told to stop and stays away."""
    begin(stage)
    with stage.fault():
        stage.web.stop()
    prove_drops(stage)


def frozen(stage: Stage) -> None:
    """One web stands still for 10 s."""
    begin(stage, steps=int((FROZEN_S + 6) / PAUSE_S))
    with stage.fault():
        stage.web.signal(signal.SIGSTOP)
        before = seen(stage, 0)
        time.sleep(FROZEN_S)
        after = seen(stage, 0)
        stage.web.signal(signal.SIGCONT)
    stage.prove(lambda: after - before <= 2, "nothing was heard of a frozen web")


def frozen_for_good(stage: Stage) -> None:
    """One web stands still and stays so: its watchers must notice by themselves, and nginx still sends some to it."""
    begin(stage, steps=int(NOTICED_S * 1.5 / PAUSE_S))
    with stage.fault():
        stage.web.signal(signal.SIGSTOP)
    stage.prove(lambda: all(witness.drops for witness in stage.witnesses[::2]), "they give it up", NOTICED_S)


def rolling_restart(stage: Stage) -> None:
    """Both webs are told to stop and started again, one after the other, as for a new version."""
    begin(stage, steps=2 * STEPS)
    with stage.fault():
        for web in list(stage.webs):
            _restart(web)
    prove_drops(stage)


def _restart(web: Service) -> None:
    web.stop()
    web.start()
    time.sleep(NGINX_NOTICES_S)


ROWS = [
    Fault("F7a", "2 webs behind nginx, one killed", killed(2)),
    Fault("F7b", "4 webs behind nginx, one killed", killed(4)),
    Fault("F7c", "2 webs behind nginx, one told to stop", told_to_stop),
    Fault("F7d", "2 webs behind nginx, one frozen for 10 s", frozen),
    Fault("F7e", "2 webs behind nginx, restarted in turn", rolling_restart),
    Fault("F7f", "2 webs behind nginx, both killed, back after 2 s", all_killed),
    Fault("F7g", "2 webs behind nginx, one frozen for good", frozen_for_good, within_s=NOTICED_S, plain=False),
]

"""Redis cuts the web that follows (F14), or the log before it has been read (F15)."""

import signal
import time

from tests.faults.play import Fault
from tests.faults.redis_checks import admin
from tests.faults.stage import Stage
from tests.faults.subjects import PUSHBOARD
from worker import keys, states

SMALL_BUFFER = "40000"
"""Bytes that Redis keeps for a client: fewer than what the follower missed."""

LONG = 130
"""Steps of a task that outlives 8 s of trouble."""


def follower_cut(stage: Stage) -> None:
    """For 4 s Redis cuts the connection over which the web follows, again and again."""
    stage.begin(steps=LONG)
    cut = 0
    with stage.fault(), admin(stage) as client:
        while time.time() < stage.fault_began + 4:
            cut += sum(client.client_kill_filter(_id=one["id"]) for one in client.client_list() if _follows(one))
            time.sleep(0.1)
    stage.prove(lambda: cut >= 3, "the follower was cut several times", 0)


def _follows(client: dict[str, str]) -> bool:
    return client["cmd"] == "xread" or int(client["sub"]) > 0


def small_buffer(stage: Stage) -> None:
    """The web stands still for 6 s, and Redis cuts whoever asks for more than 40 KB at once."""
    with admin(stage) as client:
        client.config_set("client-output-buffer-limit", f"normal {SMALL_BUFFER} 0 0 pubsub {SMALL_BUFFER} 0 0")
    stage.begin(steps=220, pause_s=0.05)
    stage.send(steps=220, pause_s=0.05)
    with stage.fault():
        stage.web.signal(signal.SIGSTOP)
        time.sleep(6)
        stage.web.signal(signal.SIGCONT)


def trimmed_while_frozen(stage: Stage) -> None:
    """While the web stands still the task ends, and the log is cut to what another task said after it."""
    stage.begin()
    with stage.fault():
        stage.web.signal(signal.SIGSTOP)
        _trim_the_end(stage)
        stage.web.signal(signal.SIGCONT)


def trimmed_while_down(stage: Stage) -> None:
    """The same while the web is down."""
    stage.begin()
    with stage.fault():
        stage.web.kill()
        _trim_the_end(stage)
        stage.web.start()


def _trim_the_end(stage: Stage) -> None:
    stage.prove(lambda: any("ended" in fact for fact in stage.told()), "the task has ended", 10)
    if stage.subject is PUSHBOARD:
        stage.prove(lambda: states.is_final(stage.state()), "the table says so")
    other = stage.send(steps=3)
    stage.prove(lambda: any("ended" in fact for fact in stage.told(other)), "another task has ended", 10)
    if stage.subject is PUSHBOARD:
        stage.prove(lambda: states.is_final(stage.state(other)), "the table says so")
        with admin(stage) as client:
            client.xtrim(keys.LOG, maxlen=1, approximate=False)


ROWS = [
    Fault("F14a", "Redis cuts the follower for 4 s", follower_cut),
    Fault("F14b", "web frozen 6 s, and may read 40 KB at once", small_buffer),
    Fault("F15a", "web frozen, the log trimmed past it", trimmed_while_frozen, quick=True, plain=False),
    Fault("F15b", "web down, the log trimmed past it", trimmed_while_down, plain=False),
]

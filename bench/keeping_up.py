"""How many updates a second of each task a way of telling them can keep up with."""

import time

from bench.player import Player

SLOWEST, STEPS = 0.25, 4
FACTOR = 16.0
"""Between the slowest and the fastest rate that are tried; half of what is left with each step."""

SECONDS = 2.0
BEHIND = 0.05
"""The share of what was told that may still be on its way at the end."""

DRAINED_S = 30.0


def rate(source: Player, crowd: Player) -> float:
    """The fastest of the rates that were tried that it kept up with, in updates a second of each task.

    All watch all tasks, and each update of a task goes to all. Of who keeps up with none it is said to be the slowest
    rate: that is more than it can do.
    """
    kept, step = SLOWEST, FACTOR
    for _ in range(STEPS):
        step **= 0.5
        trial = kept * step
        if _keeps_up(source, crowd, trial):
            kept = trial
    return kept


def _keeps_up(source: Player, crowd: Player, hz: float) -> bool:
    crowd.ask("begin")
    source.ask("report", hz=hz)
    time.sleep(SECONDS)
    told = source.ask("stop")["done"]
    heard = crowd.ask("count")
    _drain(crowd, told * heard["here"])
    return bool(heard["frames"] >= (1 - BEHIND) * told * heard["here"])


def _drain(crowd: Player, frames: int) -> None:
    """The next trial begins with nothing on its way."""
    until = time.monotonic() + DRAINED_S
    while crowd.ask("count")["frames"] < frames and time.monotonic() < until:
        time.sleep(0.05)

"""`python -m bench.fanout`: an event to all who watch a task: what a delivery costs the web, and how long it takes."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from bench import measuring
from bench.player import Player
from bench.rivals import node_packages
from bench.row import Row
from bench.stand import Seen, Stand, repeated, room, watch, window
from tests.processes import Service

WATCHERS, SECONDS, REPEATS = 1_000, 3.0, 3
HZ = 16.0
"""Events a second: each comes when nothing waits any more, and so goes at once, and alone."""

FRAME_BYTES = 400
"""As long as Pushboard's frame about an end is."""

NAIVE, NODE, KERNEL = "naive push", "Node, one emit", "the kernel's limit"


class Contender(NamedTuple):
    """Whoever tells a crowd of events. measure: for so many seconds."""

    name: str
    measure: Callable[[float], Seen]


def rows() -> list[Row]:
    """Each contender in turn."""
    with Stand() as stand:
        contenders = list(contenders_on(stand, WATCHERS))
        seen = measured(contenders, SECONDS, REPEATS)
    ours = costs(seen["Pushboard"])
    what = "CPU of the web per delivery of an event"
    bounds = {NAIVE: 0.35, NODE: 1.0, KERNEL: 2.0}
    against = [
        Row(goal="fan-out", what=what, unit="µs", ours=ours, rival=rival, theirs=costs(seen[rival]), most=most)
        for rival, most in bounds.items()
        if rival in seen
    ]
    late = statistics.median(one.crowd["ages"]["p99"] for one in seen["Pushboard"])
    missing = "" if NODE in seen else f"Node is {node_packages.MISSING}"
    return [
        *against,
        Row(goal="fan-out", what="an event to 1,000 watchers, p99", unit="ms", ours=late, most=30, note=missing),
    ]


def measured(contenders: Sequence[Contender], seconds: float, repeats: int) -> dict[str, list[Seen]]:
    """What was seen of each, by name; they take turns."""
    seen: dict[str, list[Seen]] = {contender.name: [] for contender in contenders}
    for _ in range(repeats):
        for name, measure in contenders:
            seen[name].append(repeated(partial(measure, seconds)))
    return seen


def costs(seen: Sequence[Seen]) -> float:
    """µs of the web's CPU for each frame that came to a client."""
    each = [one.cpu * one.crowd["wall_s"] / one.crowd["frames"] * 1e6 for one in seen]
    return float(statistics.median(each))


def contenders_on(stand: Stand, watchers: int) -> Iterator[Contender]:
    """Pushboard and those rivals that can be had here, each with its own crowd."""
    yield pushboard(stand, watchers)
    yield naive(stand, watchers)
    if node_packages.installed():
        yield _rival(NODE, stand.node("emitting_web.js"), stand.node_source(), stand.crowd(), watchers)
    yield _kernel(stand, watchers)


def pushboard(stand: Stand, watchers: int) -> Contender:
    """So many watch the page of a task."""
    web, source, crowd = stand.pushboard(), stand.source(), stand.crowd()
    [task] = source.ask("start", tasks=1)
    crowd.ask("come", port=web.port, count=watchers, say=room(f"task:{task}"))
    return Contender("Pushboard", partial(_events, web.pid, source, crowd))


def naive(stand: Stand, watchers: int) -> Contender:
    """So many have joined the room of a task."""
    return _rival(NAIVE, stand.plain(), stand.plain_source(), stand.crowd(), watchers)


def _rival(name: str, web: Service, source: Player, crowd: Player, watchers: int) -> Contender:
    crowd.ask("come", port=web.port, count=watchers, say=watch(source.ask("start", tasks=1)))
    return Contender(name, partial(_events, web.pid, source, crowd))


def _kernel(stand: Stand, watchers: int) -> Contender:
    sender, crowd = stand.player("bench.rivals.kernel"), stand.crowd()
    crowd.ask("come", port=sender.ask("listen", size=FRAME_BYTES), count=watchers, say=[])
    sender.ask("welcome", count=watchers)
    return Contender(KERNEL, partial(_events, sender.pid, sender, crowd))


def _events(pid: int, source: Player, crowd: Player, seconds: float) -> Seen:
    source.ask("end", hz=HZ)
    try:
        return window(pid, crowd, seconds)
    finally:
        source.ask("stop")


if __name__ == "__main__":
    measuring.alone(rows)

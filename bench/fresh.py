"""`python -m bench.fresh`: 100 tasks that report 100 times a second, and a crowd that watches all: how fresh is it?"""

import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from bench import keeping_up, measuring
from bench.player import Player
from bench.rivals import node_packages
from bench.row import Row
from bench.stand import Seen, Stand, board, noise, repeated, watch, window
from tests.processes import Service

TASKS, HZ = 100, 100.0
WATCHERS, MANY = 1_000, 3_000
SECONDS, REPEATS = 4.0, 3
TURNS = 7
"""Beside the Node that conflates: the two differ less than one window does from the next."""

FASTEST_HZ = 400.0
"""What Pushboard is tried with where rivals are asked for the fastest they keep up with."""

BEHIND_MS = keeping_up.BEHIND * keeping_up.SECONDS * 1000
POLLED_TASKS, POLLED_HZ, POLLED_S = 20, 10.0, 6.0
"""So few that no request waits for another one."""

POLLING, NAIVE, NODE, CONFLATING = "polling at its best", "naive push", "Node, one emit", "Node that conflates"

Rate = Callable[[], float]


def rows() -> list[Row]:
    """All in turns, then the bigger crowd."""
    with ExitStack() as stack:
        ours = Watched.of_pushboard(stack.enter_context(Stand()))
        rivals = stack.enter_context(Stand())
        has_node = node_packages.installed() is not None
        node = Watched.of_node(stack.enter_context(Stand())) if has_node else None
        rates = {NAIVE: _rate(rivals, rivals.plain(), rivals.plain_source())}
        if has_node:
            rates[NODE] = _rate(rivals, rivals.node("emitting_web.js"), rivals.node_source())
        polled_ms = polling(rivals)
        fresh, conflating, kept, polled = list[Seen](), list[Seen](), list[dict[str, float]](), list[float]()
        for _ in range(TURNS):
            fresh.append(ours.seen(HZ))
            conflating += [node.seen(HZ)] if node else []
        for _ in range(REPEATS):
            kept.append({"Pushboard": ours.kept_up_with(), **{name: rate() for name, rate in rates.items()}})
            polled.append(polled_ms())
        ours.come(MANY - WATCHERS)
        many = [ours.seen(HZ) for _ in range(REPEATS)]
    return [*_fresh(fresh, many, polled), *_kept(kept), *_against(fresh, conflating)]


class Watched:
    """A web that follows the log, tasks that report, and a crowd that watches all of them."""

    def __init__(
        self, web: Service, source: Player, crowd: Player, watchers: int, say: Sequence[str], tasks: int = TASKS
    ) -> None:
        """`watchers`: how many come now; `say`: what each says that wants to watch all tasks."""
        self.web, self.source, self.crowd, self.say = web, source, crowd, say
        source.ask("start", tasks=tasks)
        self.come(watchers)

    @classmethod
    def of_pushboard(cls, stand: Stand, watchers: int = WATCHERS, tasks: int = TASKS) -> "Watched":
        """The board of Pushboard."""
        return cls(stand.pushboard(), stand.source(), stand.crowd(), watchers, board(), tasks)

    @classmethod
    def of_node(cls, stand: Stand) -> "Watched":
        """The same log and the same tasks, told by Node."""
        return cls(stand.node("conflating_web.js"), stand.source(), stand.crowd(), WATCHERS, watch(["board"]))

    def come(self, count: int) -> None:
        """Let more watchers come."""
        self.crowd.ask("come", port=self.web.port, count=count, say=self.say)

    def seen(self, hz: float, seconds: float = SECONDS) -> Seen:
        """What is seen while each task reports so often."""
        return repeated(lambda: self._window(hz, seconds))

    def kept_up_with(self) -> float:
        """The rate that is tried for that, or 0: as rivals it may be so far behind, in the mean."""
        is_near = self.seen(FASTEST_HZ, keeping_up.SECONDS).crowd["delays"]["mean"] <= BEHIND_MS
        return FASTEST_HZ if is_near else 0.0

    def _window(self, hz: float, seconds: float) -> Seen:
        self.source.ask("report", hz=hz)
        try:
            return window(self.web.pid, self.crowd, seconds)
        finally:
            self.source.ask("stop")


def _rate(stand: Stand, web: Service, source: Player) -> Rate:
    """How many updates a second of each task a rival keeps up with."""
    crowd = stand.crowd()
    crowd.ask("come", port=web.port, count=WATCHERS, say=watch(source.ask("start", tasks=TASKS)))
    return lambda: keeping_up.rate(source, crowd)


def polling(stand: Stand, tasks: int = POLLED_TASKS, hz: float = POLLED_HZ, seconds: float = POLLED_S) -> Rate:
    """The median time until a report can be read, in ms."""
    web, player = stand.status(), stand.player("bench.rivals.polling")
    player.ask("start", tasks=tasks)

    def poll() -> float:
        player.ask("report", hz=hz)
        delays = player.ask("poll", port=web.port, seconds=seconds)
        player.ask("stop")
        return float(delays["p50"])

    return poll


def _fresh(seen: Sequence[Seen], many: Sequence[Seen], polled: Sequence[float]) -> list[Row]:
    work = f"{TASKS} tasks x {HZ:.0f} Hz,"
    crowd, cpu = f"{work} {WATCHERS:,} watchers:", f"load generator {max(one.crowd['busy'] for one in many):.0%} busy"
    bigger = f"{work} {MANY:,} watchers: report to watcher, p99"
    half, rival = f"{crowd} report to watcher, p50", statistics.median(polled)
    return [
        Row(goal="fresh", what=f"{crowd} report to watcher, p99", unit="ms", ours=_delay(seen, "p99"), most=120),
        Row(goal="fresh", what=f"{crowd} CPU of the web", unit="cores", ours=_cpu(seen), most=0.6, note=noise(seen)),
        Row(goal="fresh", what=half, unit="ms", ours=_delay(seen, "p50"), rival=POLLING, theirs=rival, most=1 / 40),
        Row(goal="fresh", what=bigger, unit="ms", ours=_delay(many, "p99"), most=150, note=cpu),
    ]


def _kept(kept: Sequence[dict[str, float]]) -> list[Row]:
    what = f"updates/s of each of {TASKS} tasks that {WATCHERS:,} watchers can be told"
    note = "ours: the fastest that was tried"
    rates = {name: statistics.median(one[name] for one in kept) for name in kept[0]}
    ours, bounds = rates.pop("Pushboard"), {NAIVE: 100.0, NODE: 50.0}
    return [
        Row(goal="fresh", what=what, unit="/s", ours=ours, rival=name, theirs=rate, least=bounds[name], note=note)
        for name, rate in rates.items()
    ]


def _against(seen: Sequence[Seen], conflating: Sequence[Seen]) -> list[Row]:
    if not conflating:
        print(f"{CONFLATING} is {node_packages.MISSING}")
        return []
    work = f"{TASKS} tasks x {HZ:.0f} Hz, {WATCHERS:,} watchers:"
    cpu, late = f"{work} CPU of the web", f"{work} report to watcher, p99"
    theirs, p99 = _cpu(conflating), _delay(conflating, "p99")
    return [
        Row(goal="fresh", what=cpu, unit="cores", ours=_cpu(seen), rival=CONFLATING, theirs=theirs, most=0.85),
        Row(goal="fresh", what=late, unit="ms", ours=_delay(seen, "p99"), rival=CONFLATING, theirs=p99, most=1.1),
    ]


def _delay(seen: Sequence[Seen], quantile: str) -> float:
    return float(statistics.median(one.crowd["delays"][quantile] for one in seen))


def _cpu(seen: Sequence[Seen]) -> float:
    return statistics.median(one.cpu for one in seen)


if __name__ == "__main__":
    measuring.alone(rows)

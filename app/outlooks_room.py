"""The room `outlooks`: how long runs take by task name, and who is where in line: for the time left, or to wait."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_socketio import SocketIO

from app import rooms
from app.picture import Picture, Row, Rows
from app.relay import Relay
from worker.fleet import Fleet
from worker.queues import Queues
from worker.statistics import FEWEST_RUNS, RunTimes, Statistics
from worker.waiting import Line, lines

LOW, HIGH = 0.1, 0.9
"""Eight of ten past runs lie between these: so does a range that is told."""

Range = tuple[float, float]
Place = list[str | float | None]


class OutlooksRoom(Picture):
    """A row for each task name with enough runs, and one for each queue in which something waits."""

    def __init__(
        self,
        socketio: SocketIO,
        relay: Relay,
        statistics: Callable[[], Statistics],
        fleet: Callable[[], Fleet],
        queues: Callable[[], Queues],
    ) -> None:
        """All three are called when they are needed first."""
        super().__init__(rooms.OUTLOOKS, socketio, relay)
        self._statistics, self._fleet, self._queues = statistics, fleet, queues

    def read(self) -> tuple[float, Rows]:
        """Names, then queues."""
        counted = self._statistics().read(slots=False)
        usual = {name: _usual(times) for name, times in counted.times.items() if times.runs >= FEWEST_RUNS}
        rows = [_times_row(counted.times[name], times) for name, times in usual.items()]
        rows += self._line_rows(usual)
        return counted.now_s, {row["id"]: row for row in rows}

    def _line_rows(self, usual: Mapping[str, Range]) -> list[Row]:
        queues = self._queues()
        waiting = lines(queues.client, queues.named())
        if not waiting:
            return []
        _, workers = self._fleet().workers()
        unordered = queues.with_priorities(waiting)
        return [_line_row(name, line, workers, usual, name not in unordered) for name, line in waiting.items()]


def _usual(times: RunTimes) -> Range:
    return round(times.quantile(LOW), 3), round(times.quantile(HIGH), 3)


def _times_row(times: RunTimes, usual: Range) -> Row:
    figures = {"runs": times.runs, "low": usual[0], "high": usual[1]}
    return {"id": f"times:{times.name}", "kind": "times", "name": times.name, **figures}


def _line_row(name: str, line: Line, workers: Iterable[Row], usual: Mapping[str, Range], is_ordered: bool) -> Row:
    """first: `[heard, from, to]` of each, in how many seconds it begins; null where there is no ground to say so."""
    takers = [worker for worker in workers if worker["standing"] == "online" and name in worker["queues"]]
    first = places(line.first, takers, usual) if is_ordered else None
    row: Row = {"id": f"line:{name}", "kind": "line", "name": name}
    return row | {"waiting": line.waiting, "takers": len(takers), "first": first}


def places(first: Sequence[tuple[str, str]], takers: Sequence[Row], usual: Mapping[str, Range]) -> list[Place]:
    """Where each stands, and in how many seconds it begins if those before it take as long as usual."""
    slots, running = _slots(takers), _running(takers, usual)
    told: list[Place] = []
    ahead: list[Range] | None = [] if slots and running is not None else None
    for heard, name in first:
        start = None if ahead is None or running is None else _start(ahead, running, slots)
        told.append([heard, *(start or (None, None))])
        if ahead is not None:
            ahead = [*ahead, usual[name]] if name in usual else None
    return told


def _start(ahead: Sequence[Range], running: Sequence[Range], slots: int) -> Range:
    """Graham's bounds for a list of jobs on equal machines: what runs may be over at once, or take its whole time."""
    if len(ahead) + len(running) < slots:
        return 0.0, 0.0
    shortest = [low for low, _ in ahead]
    low = (sum(shortest) - (slots - 1) * max(shortest, default=0.0)) / slots
    return round(max(low, 0.0), 1), round(sum(high for _, high in [*ahead, *running]) / slots, 1)


def _slots(takers: Sequence[Row]) -> int:
    """0: not known, or shared with other queues, of which nobody can say how much of them is for this one."""
    known = [worker["slots"] for worker in takers if worker["slots"] and len(worker["queues"]) == 1]
    return sum(known) if len(known) == len(takers) else 0


def _running(takers: Sequence[Row], usual: Mapping[str, Range]) -> list[Range] | None:
    tasks = [task for worker in takers for task in worker["running"]]
    if sum(worker["busy"] or 0 for worker in takers) > len(tasks) or any(task["name"] not in usual for task in tasks):
        return None
    return [usual[task["name"]] for task in tasks]

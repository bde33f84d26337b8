"""The room `workers`: how workers and queues stand."""

from collections import Counter
from collections.abc import Callable

from flask_socketio import SocketIO

from app import rooms
from app.picture import Picture, Row, Rows
from app.relay import Relay
from worker.fleet import Fleet
from worker.queues import MOST_QUEUES, Depth, Queues


class WorkersRoom(Picture):
    """A row for each worker, and for each queue."""

    def __init__(
        self, socketio: SocketIO, relay: Relay, fleet: Callable[[], Fleet], queues: Callable[[], Queues]
    ) -> None:
        """`fleet` and `queues` are called when they are needed first."""
        super().__init__(rooms.WORKERS, socketio, relay)
        self._fleet, self._queues = fleet, queues

    def read(self) -> tuple[float, Rows]:
        """All workers, then the queues."""
        now_s, workers = self._fleet().workers()
        return now_s, {row["id"]: row for row in [*workers, *self._queue_rows(workers, now_s)]}

    def _queue_rows(self, workers: list[Row], now_s: float) -> list[Row]:
        """Those that a worker takes from, or did until it fell silent, and those in which something waits."""
        takers = Counter({name: 0 for row in workers if row["standing"] == "offline" for name in row["queues"]})
        takers.update(name for row in workers if row["standing"] == "online" for name in row["queues"])
        queues = self._queues()
        others = queues.named() - set(takers)
        depths = queues.depths([*takers, *others][:MOST_QUEUES])
        shown = sorted(name for name, depth in depths.items() if name in takers or depth.waiting)
        return [self._queue_row(name, depths[name], takers[name], now_s) for name in shown]

    def _queue_row(self, name: str, depth: Depth, takers: int, now_s: float) -> Row:
        came, went = self._relay.flow.rates(name, now_s)
        figures = {"waiting": depth.waiting, "next_sent_at": depth.next_sent_at, "workers": takers}
        return {"id": f"queue:{name}", "kind": "queue", "name": name, **figures, "came": came, "went": went}

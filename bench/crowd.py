"""`python -m bench.crowd`: thousands of clients in one process, which costs little of what it measures."""

import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from bench.freshness import ages_and_delays, summary
from bench.player import carried_out
from bench.spent import spent
from bench.watcher import Watcher

AT_ONCE = 50
"""Who may be on the way in at the same time."""

PATIENCE_S = 30.0

SAMPLE = 20
"""So many, evenly among those who came, keep what comes to them; of the others frames are counted."""

SATURATED = 0.9
"""The share of the time that this process worked, or waited for the processor: above it the crowd is the bottleneck."""


class Crowd:
    """The clients, and what is asked about them."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._poll.register(sys.stdin, select.EPOLLIN)
        self._orders: dict[str, Callable[..., Any]] = {
            "come": self.come,
            "begin": self.begin,
            "count": self.count,
            "tell": self.tell,
        }
        self._watchers: dict[int, Watcher] = {}
        self._coming: deque[tuple[int, Sequence[str]]] = deque()
        self._arriving: set[int] = set()
        self._gone = 0
        self._began, self._before = time.monotonic(), spent(os.getpid())
        self._read_at = 0.0

    def come(self, port: int, count: int, say: Sequence[str]) -> None:
        """Let so many more come to a port of this machine."""
        self._coming.extend([(port, say)] * count)

    def begin(self) -> None:
        """Measure from now on."""
        watchers = list(self._watchers.values())
        every = max(len(watchers) // SAMPLE, 1)
        for place, watcher in enumerate(watchers):
            watcher.begin(place % every == every // 2)
        self._gone = 0
        self._began, self._before = time.monotonic(), spent(os.getpid())

    def count(self) -> dict[str, Any]:
        """How many frames and pings have come since the beginning, and when the last one."""
        frames = [watcher.frames for watcher in self._watchers.values()]
        return {"frames": sum(frames), "fewest": min(frames, default=0), "most": max(frames, default=0)} | {
            "last_at": self._read_at,
            "pings": sum(watcher.pings for watcher in self._watchers.values()),
            "here": len(frames),
            "gone": self._gone,
        }

    def tell(self) -> dict[str, Any]:
        """What was measured. It takes a while, so count first what is to be counted now."""
        wall_s, mine = time.monotonic() - self._began, spent(os.getpid()).since(self._before)
        ages: list[float] = []
        delays: list[float] = []
        for watcher in self._watchers.values():
            if watcher.chunks is not None:
                for all_of_them, its in zip((ages, delays), ages_and_delays(watcher.heard()), strict=True):
                    all_of_them += its
        busy = sum(mine) / wall_s
        told = {"wall_s": wall_s, "cpu": mine.cpu_s / wall_s, "busy": busy, "saturated": busy > SATURATED}
        return self.count() | told | {"ages": summary(ages), "delays": summary(delays)}

    def run(self) -> None:
        """Until nobody asks any more."""
        while True:
            for file, _ in self._poll.poll():
                if file == sys.stdin.fileno():
                    self._listen()
                else:
                    self._read(file)
            self._let_in()

    def _listen(self) -> None:
        """One order at a time: whoever asks waits for the answer."""
        line = os.read(sys.stdin.fileno(), 65_536)
        if not line:
            os._exit(0)
        answer = carried_out(self._orders, line.decode())
        self._let_in()
        while self._coming or self._arriving:
            ready = self._poll.poll(PATIENCE_S)
            if not ready:
                raise TimeoutError(f"{len(self._arriving)} are not let in")
            for file, _ in ready:
                if file != sys.stdin.fileno():
                    self._read(file)
            self._let_in()
        print(answer, flush=True)

    def _read(self, file: int) -> None:
        watcher = self._watchers[file]
        watcher.read()
        self._read_at = time.monotonic()
        if watcher.here or watcher.gone:
            self._arriving.discard(file)
        if watcher.gone:
            del self._watchers[file]
            self._poll.unregister(file)
            watcher.socket.close()
            self._gone += 1

    def _let_in(self) -> None:
        while self._coming and len(self._arriving) < AT_ONCE:
            watcher = Watcher(*self._coming.popleft())
            file = watcher.socket.fileno()
            self._watchers[file] = watcher
            self._poll.register(file, select.EPOLLIN)
            if not watcher.here:
                self._arriving.add(file)


if __name__ == "__main__":
    Crowd().run()

"""A line to the queue that has gone dead without a word: it is given up when no answer comes any more."""

import select
import time
from typing import Any

import redis
from kombu.transport.redis import MultiChannelPoller

from worker.asks import asks
from worker.taking import TakingChannel

SILENCE_S = 6.0
"""Redis answers after half a second at the latest, with a message or without; kombu waits for ever."""


class WatchedChannel(TakingChannel):
    """Knows since when it waits for an answer."""

    _asked_at = 0.0

    def _brpop_start(self, timeout: float | None = None) -> None:
        super()._brpop_start(timeout)
        self._asked_at = time.monotonic()

    def check_line(self) -> None:
        """Raise redis.ConnectionError if no answer comes any more. One that has come and is not read yet will do."""
        if not self._in_poll or time.monotonic() - self._asked_at < SILENCE_S or _has_come(self._in_poll):
            return
        self._in_poll.disconnect()
        self._in_poll = None
        asks.doubt()
        raise redis.ConnectionError(f"Redis has not answered for {SILENCE_S:g} s: the line is taken for dead")


def _has_come(connection: Any) -> bool:
    """Whether an answer waits to be read. redis-py's own look would take it off the socket, where the loop waits."""
    poller = select.poll()
    poller.register(connection._sock, select.POLLIN)
    return bool(poller.poll(0))


class WatchingPoller(MultiChannelPoller):  # type: ignore[misc]  # kombu is not typed
    """Looks at each turn of the worker's loop."""

    def on_poll_start(self) -> None:
        """Before waiting for news."""
        for channel in list(self._channels):
            check: Any = getattr(channel, "check_line", None)
            if check:
                check()
        super().on_poll_start()

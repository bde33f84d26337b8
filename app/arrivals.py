"""Connections to this process, and which of them have not yet said what they want."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SILENT = 64
"""Of one address, counted once they have been so for a while. A proxy passes on whole requests, so it has none."""

SILENT_AFTER_S = 1.0


@dataclass(eq=False, slots=True)
class Arrival:
    """One connection; `leave` ends it."""

    address: str
    leave: Callable[[], None]
    at: float = field(default_factory=time.monotonic)


class Arrivals:
    """Lets in as many as there is room for. Who says nothing makes room for others, the longest silent first."""

    def __init__(self, most: int) -> None:
        """`most`: connections at once."""
        self._most = most
        self._inside: set[Arrival] = set()
        self._silent: dict[str, dict[Arrival, None]] = {}

    def enter(self, arrival: Arrival) -> bool:
        """Whether there is room."""
        silent = self._silent.get(arrival.address, {})
        if len(silent) >= MOST_SILENT:
            _send_away_one(silent)
        if len(self._inside) >= self._most:
            for others in self._silent.values():
                _send_away_one(others)
            return False
        self._inside.add(arrival)
        self._silent.setdefault(arrival.address, {})[arrival] = None
        return True

    def spoke(self, arrival: Arrival) -> None:
        """It has said what it wants."""
        silent = self._silent.get(arrival.address, {})
        silent.pop(arrival, None)
        if not silent:
            self._silent.pop(arrival.address, None)

    def left(self, arrival: Arrival) -> None:
        """It has gone."""
        self._inside.discard(arrival)
        self.spoke(arrival)


def _send_away_one(silent: dict[Arrival, None]) -> None:
    """The one that has been there longest, unless they are all new: many who come at once are no fault of theirs."""
    oldest = next(iter(silent), None)
    if oldest and time.monotonic() - oldest.at > SILENT_AFTER_S:
        oldest.leave()

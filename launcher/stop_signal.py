"""Ctrl-C and its kin: noted when they come, acted on where the launcher looks."""

import signal

HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignal:
    """Counts the requests to stop: the first asks, the second insists."""

    def __init__(self) -> None:
        self.count = 0
        for number in HEARD:
            signal.signal(number, self._hear)

    @property
    def asked(self) -> bool:
        return self.count > 0

    @property
    def insisted(self) -> bool:
        return self.count > 1

    def _hear(self, number: int, frame: object) -> None:
        self.count += 1

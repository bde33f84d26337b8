"""What tests of faults share."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.pulse import PAUSE_S, Pulse
from tests.processes import Service
from worker.stream import Log


@pytest.fixture
def new_pulse(log: Log) -> Iterator[Callable[..., Pulse]]:
    """Watch how long changes take to an ordinary watcher: `new_pulse(web).feel(2).p99`."""
    pulses: list[Pulse] = []

    def start(web: Service, pause_s: float = PAUSE_S) -> Pulse:
        pulses.append(Pulse(web, log, pause_s))
        return pulses[-1]

    yield start
    for pulse in pulses:
        pulse.close()

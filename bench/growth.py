"""`python -m bench.growth`: what the web needs of the processor, by how many reports come and by how many watch."""

import json
import statistics
from collections.abc import Iterator

from bench import measuring
from bench.curves import MEASURED
from bench.fresh import HZ, TASKS, Watched
from bench.row import Row
from bench.stand import Stand

RATES = (1.0, 5.0, 20.0, 50.0, 100.0, 400.0)
"""Reports a second of each task; from 20 on they are conflated."""

CONFLATED = 20.0
CROWDS = (1, 250, 500, 1_000, 1_500, 2_000)
STEADY = 100
"""Watchers while the reports grow in number."""

SECONDS, REPEATS = 1.5, 3
FLAT, LINEAR = 1.25, 0.98
Curve = list[tuple[float, float]]


def rows() -> list[Row]:
    """Measures both curves and keeps them for their pictures."""
    with Stand() as stand:
        ours = Watched.of_pushboard(stand, 0)
        watchers = list(_by_watchers(ours))
    with Stand() as stand:
        ours = Watched.of_pushboard(stand, STEADY)
        reports = [(rate * TASKS, _cpu(ours, rate)) for rate in RATES]
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(json.dumps({"reports": reports, "watchers": watchers}))
    return [_flat(reports), _linear(watchers)]


def _by_watchers(ours: Watched) -> Iterator[tuple[float, float]]:
    here = 0
    for count in CROWDS:
        ours.come(count - here)
        here = count
        yield float(count), _cpu(ours, HZ)


def _cpu(ours: Watched, hz: float) -> float:
    """Cores of the web."""
    return statistics.median(ours.seen(hz, SECONDS).cpu for _ in range(REPEATS))


def _flat(reports: Curve) -> Row:
    what = f"CPU of the web at {max(reports)[0]:,.0f} reports/s, {STEADY} watchers"
    few = CONFLATED * TASKS
    rival, theirs = f"at {few:,.0f} reports/s", dict(reports)[few]
    return Row(goal="growth", what=what, unit="cores", ours=max(reports)[1], rival=rival, theirs=theirs, most=FLAT)


def _linear(watchers: Curve) -> Row:
    sizes, cores = zip(*watchers, strict=True)
    line = statistics.linear_regression(sizes, cores)
    fits = statistics.correlation(sizes, cores) ** 2
    note = f"{line.intercept:.2f} cores + {line.slope * 1000:.2f} for each 1,000 watchers"
    what = "CPU of the web grows with watchers in a straight line"
    return Row(goal="growth", what=what, unit="R²", ours=fits, least=LINEAR, note=note)


if __name__ == "__main__":
    measuring.alone(rows)

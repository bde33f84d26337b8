"""What append.lua has counted: tasks by slots of time, and how long the runs of each task name took."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, cast

import redis

from worker import keys
from worker.stream import SCRIPTS

SPANS = {10: 900, 600: 86_400}
"""Seconds: the length of a slot, and for how long such slots are told of."""

KINDS = ("started", "succeeded", "failed", "retried", "revoked", "lost")
MOST_NAMES = 200
"""Task names of which run times are kept; of more of them, those that ran last."""

FEWEST_RUNS = 3
"""With fewer there is no ground to say how long runs of that name take."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What happened in `length` seconds from the time `at` on."""

    length: int
    at: int
    counts: dict[str, int]


@dataclass(frozen=True)
class RunTimes:
    """How long successful runs took. buckets: runs by the number of a bucket, four for each doubling from 1 ms on."""

    name: str
    buckets: Mapping[int, int]

    @cached_property
    def runs(self) -> int:
        """How many are known: the last 500 to 1,000, none of them older than 14 days."""
        return sum(self.buckets.values())

    def quantile(self, share: float) -> float:
        """The time in seconds within which this share of the runs ended, to about 10 %."""
        numbers = sorted(self.buckets)
        ended = list(accumulate(self.buckets[number] for number in numbers))
        place = next(at for at, so_far in enumerate(ended) if so_far >= share * self.runs)
        low, high = bounds_s(numbers[place])
        before = ended[place] - self.buckets[numbers[place]]
        return low + (high - low) * (share * self.runs - before) / self.buckets[numbers[place]]


@dataclass(frozen=True, slots=True)
class Counted:
    """All of it. since: when counting began, None if nothing was ever counted: what was before is unknown."""

    now_s: float
    since: int | None
    slots: list[Slot] = field(default_factory=list)
    times: dict[str, RunTimes] = field(default_factory=dict)


def bounds_s(bucket: int) -> tuple[float, float]:
    """From how many seconds to how many a bucket goes."""
    return (0.0, 0.001) if bucket <= 0 else (2 ** ((bucket - 1) / 4) / 1000, 2 ** (bucket / 4) / 1000)


class Statistics:
    """Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self._read = client.register_script((SCRIPTS / "statistics.lua").read_text())

    def read(self, slots: bool = True) -> Counted:
        """All that is counted; without `slots` the run times alone."""
        answer = self._read(keys=[keys.STATISTICS], args=["slots" if slots else ""])
        seconds, microseconds, since, counted, times = cast(list[Any], answer)
        now_s = int(seconds) + int(microseconds) / 1_000_000
        known = [_times(*each) for each in times]
        return Counted(
            now_s,
            int(since) if since else None,
            [Slot(int(length), int(at), _numbers(flat)) for length, at, flat in counted],
            {one.name: one for one in known if one.runs},
        )


def _numbers(flat: Sequence[str]) -> dict[str, int]:
    return {name: int(number) for name, number in zip(flat[::2], flat[1::2], strict=True) if name in KINDS}


def _times(name: str, *generations: Sequence[str]) -> RunTimes:
    buckets: Counter[int] = Counter()
    for flat in generations:
        pairs = zip(flat[::2], flat[1::2], strict=True)
        buckets.update({int(bucket): int(runs) for bucket, runs in pairs if bucket.isdecimal()})
    return RunTimes(json.loads(name), buckets)


def shape(times: RunTimes, most: int = 24) -> list[tuple[float, float, int]]:
    """The distribution to draw: `(from_s, to_s, runs)` of neighbouring buckets, `most` at the most, empty ones too."""
    low, high = min(times.buckets), max(times.buckets)
    together = math.ceil((high - low + 1) / most)
    starts = range(low, high + 1, together)
    groups = [range(start, min(start + together, high + 1)) for start in starts]
    return [(bounds_s(g[0])[0], bounds_s(g[-1])[1], sum(times.buckets.get(n, 0) for n in g)) for g in groups]

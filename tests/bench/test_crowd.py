"""What a crowd costs beside a plain server, with a smaller crowd than `make bench` has, and room for a busy machine."""

import pytest

from bench.fanout import NAIVE, costs, measured, naive, pushboard
from bench.stand import Stand

WATCHERS, SECONDS, REPEATS = 200, 1.5, 2
ROOM = 2.0
BOUND = 0.35


@pytest.mark.timeout(90)
def test_an_event_to_a_crowd_costs_a_fraction_of_what_plain_emits_cost() -> None:
    with Stand() as stand:
        seen = measured([pushboard(stand, WATCHERS), naive(stand, WATCHERS)], SECONDS, REPEATS)
    for one in (found for each in seen.values() for found in each):
        assert one.crowd["here"] == WATCHERS
        assert one.crowd["fewest"] > 0.5 * SECONDS * 16, f"void: few events came: {one}"
    assert costs(seen["Pushboard"]) < ROOM * BOUND * costs(seen[NAIVE])

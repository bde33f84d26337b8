"""A short storm of random faults; `make storm` blows longer ones."""

import pytest

from tests.faults import storm


@pytest.mark.timeout(240)
def test_after_a_storm_everybody_tells_the_same() -> None:
    assert storm.run(seed=7, minutes=0.4) == []

"""The quick rows of the matrix of faults; `make faults` plays all of them, and says how long healing took."""

import pytest

from tests.faults.matrix import all_faults, repeat
from tests.faults.play import Fault
from tests.faults.subjects import PUSHBOARD

MARGIN = 3.0
"""Tests run beside each other, on machines that do other things: `make faults` insists on the bounds themselves."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", [fault for fault in all_faults() if fault.quick], ids=lambda fault: fault.number)
def test_after_this_fault_every_watcher_is_exact(fault: Fault) -> None:
    outcomes = repeat(fault, PUSHBOARD, times=1, margin=MARGIN)
    assert outcomes, "void: the fault was never in force"
    assert outcomes[0].wrong == []

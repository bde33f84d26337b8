"""The order of states."""

import pytest

from worker import states


def test_a_revoked_task_outranks_any_progress() -> None:
    assert states.rank("REVOKED") > states.rank("PROGRESS") == states.rank("RESIZING")


@pytest.mark.parametrize("state", sorted(states.FINAL))
def test_final_states_are_all_of_the_highest_rank(state: str) -> None:
    assert states.is_final(state)
    assert states.rank(state) == states.FINAL_RANK


def test_a_run_goes_from_pending_over_progress_to_retry_and_its_end() -> None:
    in_order = ["PENDING", "RECEIVED", "STARTED", "PROGRESS", "RETRY", "SUCCESS"]
    assert [states.rank(state) for state in in_order] == sorted({states.rank(state) for state in in_order})

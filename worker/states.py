"""The states of a task and their order; imports nothing.

Celery's own `celery.states` ranks a custom state such as PROGRESS above REVOKED, so the order here is our own.
"""

PENDING = "PENDING"
RECEIVED = "RECEIVED"
STARTED = "STARTED"
PROGRESS = "PROGRESS"
RETRY = "RETRY"
SUCCESS = "SUCCESS"
FAILURE = "FAILURE"
REVOKED = "REVOKED"
REJECTED = "REJECTED"
LOST = "LOST"

FINAL = frozenset({SUCCESS, FAILURE, REVOKED, REJECTED, LOST})
"""States that a task leaves only by a new attempt."""

CUSTOM_RANK = 3
"""The rank of PROGRESS and of every state that a task's author made up: running."""

FINAL_RANK = 9
"""From here on a state is final."""

_RANKS = {PENDING: 0, RECEIVED: 1, STARTED: 2, RETRY: 5} | dict.fromkeys(FINAL, FINAL_RANK)


QUEUED, RUNNING, RETRYING = "queued", "running", "retrying"
SUCCEEDED, FAILED, STOPPED = "succeeded", "failed", "revoked"

GROUPS = (QUEUED, RUNNING, RETRYING, FAILED, SUCCEEDED, STOPPED)
"""What people tell apart: the list's tabs."""

_GROUPS = {PENDING: QUEUED, RECEIVED: QUEUED, RETRY: RETRYING, SUCCESS: SUCCEEDED, REVOKED: STOPPED} | dict.fromkeys(
    (FAILURE, REJECTED, LOST), FAILED
)


def group(state: str) -> str:
    """The group that a state belongs to; one that a task's author made up is running."""
    return _GROUPS.get(state, RUNNING)


def rank(state: str) -> int:
    """Where a state stands: within one attempt a row only moves to an equal or higher rank, and never on from 9."""
    return _RANKS.get(state, CUSTOM_RANK)


def is_final(state: str) -> bool:
    """Whether nothing but a new attempt follows this state."""
    return state in FINAL

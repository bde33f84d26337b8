"""Mailings and other tasks for tests, put on the queue as the web does it."""

import uuid
from typing import Any, Self

import redis

from tests.processes import wait_until
from worker.celery_app import celery_app
from worker.ledger import Claim, Ledger, Recipient
from worker.store import Table
from worker.stream import connect


def address(number: int) -> str:
    """The address of the recipient with this number, from 1."""
    return f"r{number}@example.com"


def by_outcome(ledger: Ledger) -> dict[str, dict[str, Claim]]:
    """What is known of each address, by outcome; fails if somebody was never tried."""
    found: dict[str, dict[str, Claim]] = {}
    for recipient, claim in ledger.outcomes():
        assert claim, f"{recipient.email} was never tried"
        found.setdefault(claim.outcome, {})[recipient.email] = claim
    return found


class Mailings:
    """The mailings on one Redis."""

    def __init__(self, redis_url: str) -> None:
        self.redis_url = redis_url
        self.client = connect(redis_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def unknown(self) -> Ledger:
        """One that nobody has written down."""
        return Ledger(self.client, str(uuid.uuid4()))

    def write_down(self, size: int) -> Ledger:
        """One with this many recipients."""
        ledger = self.unknown()
        rows = [
            Recipient(number + 1, address(number), {"email": address(number), "name": f"No. {number}"})
            for number in range(1, size + 1)
        ]
        assert ledger.create("Hello {{ name }}", "Dear {{ name }},\nyou have mail.\n", ["email", "name"], rows)
        return ledger

    def send(self, name: str, args: list[Any], kwargs: dict[str, Any] | None = None, task_id: str = "") -> "Sent":
        """Put a task on the queue."""
        task_id = task_id or str(uuid.uuid4())
        with celery_app.connection_for_write(self.redis_url) as connection:
            celery_app.send_task(name, args, kwargs, task_id=task_id, connection=connection, ignore_result=True)
        return Sent(self.client, task_id)

    def queue(self, ledger: Ledger) -> "Sent":
        """Put a mailing's task on the queue."""
        return self.send("mail.send_mailing", [ledger.mailing_id], task_id=ledger.mailing_id)

    def row(self, ledger: Ledger) -> dict[str, Any]:
        """A mailing's row."""
        return Sent(self.client, ledger.mailing_id).row()

    def ended(self, ledger: Ledger, timeout_s: float = 60) -> dict[str, Any]:
        """A mailing's row when it has come to an end."""
        return Sent(self.client, ledger.mailing_id).ended(timeout_s)


class Sent:
    """A task that was sent."""

    def __init__(self, client: redis.Redis, task_id: str) -> None:
        self._table = Table(client)
        self.task_id = task_id

    def row(self) -> dict[str, Any]:
        """Its row, or an empty one."""
        return self._table.row(self.task_id) or {}

    def ended(self, timeout_s: float = 60) -> dict[str, Any]:
        """Its row when it has come to an end."""
        wait_until(lambda: self.row().get("ended_at"), timeout_s, "the task has ended")
        return self.row()

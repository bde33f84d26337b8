"""Mailings for tests: written down and put on the queue as the web does it."""

import uuid
from typing import Any, Self

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

    def queue(self, ledger: Ledger) -> None:
        """Put its task on the queue."""
        with celery_app.connection_for_write(self.redis_url) as connection:
            celery_app.send_task(
                "mail.send_mailing",
                [ledger.mailing_id],
                task_id=ledger.mailing_id,
                connection=connection,
                ignore_result=True,
            )

    def row(self, ledger: Ledger) -> dict[str, Any]:
        """Its task's row."""
        return Table(self.client).row(ledger.mailing_id) or {}

    def ended(self, ledger: Ledger, timeout_s: float = 60) -> dict[str, Any]:
        """Its task's row when it has come to an end."""
        wait_until(lambda: self.row(ledger).get("ended_at"), timeout_s, "the mailing has ended")
        return self.row(ledger)

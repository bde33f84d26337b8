"""What has become of a mailing's recipients so far, counted and put into words."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from worker.ledger import DEFERRED, NOT_KNOWN, REFUSED, SENT, SETTLED, Claim, Recipient

SHOWN_REFUSALS = 20


class Tally:
    """The recipients and the newest claim of each, by place in the list."""

    def __init__(self, recipients: list[Recipient], claims: Mapping[int, Claim]) -> None:
        """`claims` is what the ledger knows at the beginning."""
        self.recipients = recipients
        self._claims = dict(claims)
        self._counts = Counter(claim.outcome for claim in claims.values())

    def __getitem__(self, place: int) -> Claim | None:
        return self._claims.get(place)

    def __setitem__(self, place: int, claim: Claim) -> None:
        before = self._claims.get(place)
        if before:
            self._counts[before.outcome] -= 1
        self._claims[place] = claim
        self._counts[claim.outcome] += 1

    @property
    def total(self) -> int:
        """How many recipients there are."""
        return len(self.recipients)

    @property
    def settled(self) -> int:
        """To how many nothing will be sent any more."""
        return sum(self._counts[outcome] for outcome in SETTLED)

    def note(self) -> str:
        """Such as `120 sent, 3 refused`."""
        shown = (SENT, REFUSED, DEFERRED, NOT_KNOWN)
        return ", ".join(f"{self._counts[outcome]} {outcome}" for outcome in shown if self._counts[outcome])

    def sentence(self) -> str:
        """How far it got, for a mailing that ended early."""
        return (
            f"Of {self.total} recipients: {self.note() or 'none sent'}; {self.total - self.settled} were not sent to."
        )

    def result(self) -> dict[str, Any]:
        """What the task returns."""
        return {
            "sent": self._counts[SENT],
            "refused": self._counts[REFUSED],
            "not_known": self._counts[NOT_KNOWN],
            "total": self.total,
            "refused_examples": self._refusals()[:SHOWN_REFUSALS],
        }

    def _refusals(self) -> list[dict[str, Any]]:
        refused = sorted(place for place, claim in self._claims.items() if claim.outcome == REFUSED)
        return [self._example(place) for place in refused]

    def _example(self, place: int) -> dict[str, Any]:
        recipient = self.recipients[place]
        return {"line": recipient.line, "email": recipient.email, "reason": self._claims[place].reason}

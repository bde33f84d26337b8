"""One run of a mailing: everyone once, those put off again later, and every step in the ledger first."""

import heapq
import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import redis

from worker import mail_log, progress
from worker.config import Settings
from worker.ledger import DEFERRED, NOT_KNOWN, REFUSED, SENDING, SENT, Claim, Ledger
from worker.letters import BadLetter, Letter
from worker.mail import Mail, Mailer
from worker.mail_errors import MailDeferred, MailRefused, MailServerUnreachable, MailSetupError, MailUnconfirmed
from worker.tally import Tally

MOST_TRIES = 4
LONGEST_WAIT_S = 600.0
WAIT_FACTOR = 4.0
"""Each wait for a recipient that was put off is so many times the one before: 10, 40 and 160 s."""

LEDGER_PATIENCE_S = 60.0
"""How long a step waits for Redis. A mail whose outcome cannot be written by then is `not known` to the next run."""

IDLE_S = 5.0
"""A wait longer than this ends the connection: mail servers hang up on those who are silent."""

Answer = TypeVar("Answer")


class DeliveryStopped(Exception):
    """The mailing ended before everyone had been tried; the text says why and how far it got."""


class _LedgerUnreachable(Exception):
    pass


class Delivery:
    """One run of the mailing's task; `run` may be called once."""

    def __init__(self, ledger: Ledger, mailer: Mailer, config: Settings) -> None:
        """`config` says how long to wait."""
        self._ledger = ledger
        self._mailer = mailer
        self._config = config
        self._id = uuid.uuid4().hex
        self._letter = Letter("", "")
        self._tally = Tally([], {})
        self._later: list[tuple[float, int]] = []  # a heap: when to try again, whom
        self._down_since: float | None = None

    def run(self) -> dict[str, Any]:
        """Send to everyone who has not been sent to. Raises UnknownMailing, Superseded, DeliveryStopped."""
        try:
            self._take_over()
            for place in self._places():
                self._deliver(place)
            return self._read_tally().result()
        except (MailSetupError, MailServerUnreachable, _LedgerUnreachable) as error:
            raise DeliveryStopped(f"{error} {self._tally.sentence()}") from None

    def _take_over(self) -> None:
        _patiently(lambda: self._ledger.take_over(self._id))
        self._letter = Letter(*_patiently(self._ledger.letter))
        self._tally = self._read_tally()
        self._report()

    def _read_tally(self) -> Tally:
        return Tally(_patiently(self._ledger.recipients), _patiently(self._ledger.claims))

    def _places(self) -> Iterator[int]:
        """Everyone who is not settled yet: first those never tried, then those put off, when their time has come."""
        for place in range(self._tally.total):
            claim = self._tally[place]
            if claim is None:
                yield place
            elif claim.outcome == DEFERRED:
                self._put_off(place, claim)
        while self._later:
            due, place = heapq.heappop(self._later)
            self._wait(due - time.monotonic(), "those put off are tried again later")
            yield place

    def _deliver(self, place: int) -> None:
        """Send to one recipient. While the server is away it waits here and tries again, up to its patience."""
        while not self._attempt(place):
            pass

    def _attempt(self, place: int) -> bool:
        """Whether this recipient is dealt with, if only by being put off."""
        try:
            self._mailer.connect()
        except MailServerUnreachable as error:
            self._wait_for_server(error)
            return False
        claim = self._next_claim(place)
        if not _patiently(lambda: self._ledger.begin(place, claim)):
            return True
        return self._send(place, claim)

    def _next_claim(self, place: int) -> Claim:
        before = self._tally[place]
        return Claim(SENDING, self._id, before.number + 1, before.tries) if before else Claim(SENDING, self._id, 1)

    def _send(self, place: int, claim: Claim) -> bool:
        try:
            self._mailer.send(self._mail(place))
        except (MailServerUnreachable, MailSetupError) as error:
            # Nothing went out, and it was not for this recipient: the try does not count.
            self._end(place, replace(claim, outcome=DEFERRED, reason=str(error)))
            if isinstance(error, MailSetupError):
                raise
            self._wait_for_server(error)
            return False
        except (MailRefused, BadLetter) as error:
            self._end(place, replace(claim, outcome=REFUSED, reason=str(error)))
        except MailDeferred as error:
            self._postpone(place, claim, str(error))
        except MailUnconfirmed as error:
            self._end(place, replace(claim, outcome=NOT_KNOWN, reason=str(error)))
        else:
            mail_log.sent(f"Mail {place + 1:,} of {self._tally.total:,} sent")
            self._end(place, replace(claim, outcome=SENT))
        self._down_since = None
        return True

    def _mail(self, place: int) -> Mail:
        recipient = self._tally.recipients[place]
        subject, body = self._letter.fill_in(recipient.values)
        domain = self._config.mail_default_sender.rpartition("@")[2].strip(" >") or "localhost"
        # The same id at each try: a receiver that did take a mail which it put off can see that it has it.
        return Mail(recipient.email, subject, body, f"{self._ledger.mailing_id}.{recipient.line}@{domain}")

    def _end(self, place: int, claim: Claim) -> None:
        """Write the outcome down; if Redis is away it waits for it, and sends to nobody meanwhile."""
        self._tally[place] = claim
        _patiently(lambda: self._ledger.end(place, claim))
        self._report()

    def _postpone(self, place: int, claim: Claim, reason: str) -> None:
        tries = claim.tries + 1
        if tries >= MOST_TRIES:
            self._end(
                place, replace(claim, outcome=REFUSED, tries=tries, reason=f"gave up after {tries} tries: {reason}")
            )
            return
        postponed = replace(claim, outcome=DEFERRED, tries=tries, reason=reason)
        self._end(place, postponed)
        self._put_off(place, postponed)

    def _put_off(self, place: int, claim: Claim) -> None:
        wait_s = self._config.mail_retry_s * WAIT_FACTOR ** max(claim.tries - 1, 0)
        heapq.heappush(self._later, (time.monotonic() + min(wait_s, LONGEST_WAIT_S), place))

    def _wait_for_server(self, error: MailServerUnreachable) -> None:
        """Wait a little, longer each time. Raises MailServerUnreachable when it has been away for too long."""
        now = time.monotonic()
        self._down_since = now if self._down_since is None else self._down_since
        away_s, patience_s = now - self._down_since, self._config.mail_patience_s
        if away_s >= patience_s:
            raise MailServerUnreachable(f"Gave up after {patience_s:g} s: {error}.")
        pause_s = min(max(away_s, 0.5), 30.0, patience_s - away_s + 0.01)
        self._wait(pause_s * random.uniform(0.8, 1.0), str(error))  # noqa: S311 - guards nothing

    def _wait(self, seconds: float, note: str) -> None:
        if seconds <= 0:
            return
        if seconds > IDLE_S:
            self._mailer.close()
        self._report(note)
        time.sleep(seconds)

    def _report(self, note: str = "") -> None:
        progress.report(self._tally.settled, self._tally.total, "; ".join(filter(None, [self._tally.note(), note])))


def _patiently(step: Callable[[], Answer]) -> Answer:
    """Do it; while Redis is away, wait and do it again. Every step of the ledger may be done twice."""
    began = time.monotonic()
    while True:
        try:
            return step()
        except redis.RedisError as error:
            away_s = time.monotonic() - began
            if away_s >= LEDGER_PATIENCE_S:
                raise _LedgerUnreachable(f"Redis did not answer for {LEDGER_PATIENCE_S:g} s: {error}.") from None
            time.sleep(min(max(away_s, 0.1), 2.0))

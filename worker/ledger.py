"""The mailing on Redis: who is to get a mail, and what is known of each, so that nobody gets it twice.

Before a mail is sent its recipient is claimed here (`begin`), afterwards the outcome is written (`end`). Whatever dies
in between leaves the recipient as `sending`; the next run turns that into `not known` and never sends to it again. So a
recipient gets the mail at most once, wherever a process is killed. What this rests on: Redis writes its file (AOF)
before it answers, so that its own kill loses nothing; a power cut may lose the last second (`appendfsync everysec`).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import redis

from worker import keys

KEEP_S = 7 * 24 * 3600
"""Seconds that a mailing is kept after its last change."""

CLAIM_S = 5
"""Seconds after which a start that led to nothing may be tried again."""

SCRIPTS = Path(__file__).parent / "scripts"
GONE = "This mailing is not known here, or it has expired."
CUT_OFF = "The worker ended or lost touch while this mail was being sent: it may or may not have gone out."

SENDING, SENT, REFUSED, DEFERRED, NOT_KNOWN = "sending", "sent", "refused", "deferred", "not known"
SETTLED = frozenset({SENT, REFUSED, NOT_KNOWN})


class Superseded(Exception):
    """Another run of the mailing's task has taken over; this one must stop and say nothing."""


class UnknownMailing(Exception):
    """There is no such mailing, or it has expired."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One row of the CSV. line: its line there, from 1. values: text by column."""

    line: int
    email: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of one recipient. number: counts the claims; tries: how often the server put the mail off."""

    outcome: str
    run: str
    number: int
    tries: int = 0
    reason: str = ""


class Ledger:
    """One mailing. Every method may raise redis.RedisError; calling it again after that is always safe."""

    def __init__(self, client: redis.Redis, mailing_id: str) -> None:
        """`client` must decode its responses."""
        self.client = client
        self.mailing_id = mailing_id
        # One hash for the letter, the lease and every claim: they are there or gone (evicted, expired) together.
        self._mailing = keys.mailing(mailing_id, "ledger")
        self._keys = [self._mailing, keys.mailing(mailing_id, "rows")]

    def create(self, subject: str, body: str, columns: Sequence[str], rows: Sequence[Recipient]) -> bool:
        """Write the mailing down; False, and nothing is changed, if there is one of this id already."""
        stored = [json.dumps([row.line, row.email, [row.values[name] for name in columns]]) for row in rows]
        info = {"subject": subject, "body": body, "columns": json.dumps(list(columns)), "total": str(len(rows))}
        info["digest"] = digest(subject, body, rows)
        pairs = [text for pair in info.items() for text in pair]
        return bool(self._run("mailing_create", KEEP_S, len(pairs), *pairs, *stored) == 1)

    def is_of(self, subject: str, body: str, rows: Sequence[Recipient]) -> bool:
        """Whether the mailing of this id is this very one."""
        return bool(self.client.hget(self._mailing, "digest") == digest(subject, body, rows))

    def claim_start(self) -> str:
        """`claimed`: put the task on the queue, then `started`. Else `started`, `busy` (ask again soon) or `gone`."""
        return str(self._run("mailing_start", CLAIM_S))

    def started(self) -> None:
        """The task is on the queue."""
        self.client.hset(self._mailing, "started", "1")

    def exists(self) -> bool:
        """Whether anybody has created it and it has not expired."""
        return bool(self.client.exists(self._mailing))

    def letter(self) -> tuple[str, str]:
        """Subject and body. Raises UnknownMailing."""
        subject, body = self._fields("subject", "body")
        return subject, body

    def recipients(self) -> list[Recipient]:
        """All recipients, in the order of the CSV. Raises UnknownMailing."""
        columns, total = (json.loads(field) for field in self._fields("columns", "total"))
        rows = [json.loads(row) for row in cast(list[str], self.client.lrange(self._keys[1], 0, -1))]
        if len(rows) != total:
            raise UnknownMailing(GONE)
        return [Recipient(line, email, dict(zip(columns, values, strict=True))) for line, email, values in rows]

    def claims(self) -> dict[int, Claim]:
        """What is known, by the recipient's place in the list; who has never been begun is not in it."""
        stored = cast(dict[str, str], self.client.hgetall(self._mailing))
        return {int(name[3:]): Claim(**json.loads(entry)) for name, entry in stored.items() if name.startswith("to:")}

    def outcomes(self) -> Iterator[tuple[Recipient, Claim | None]]:
        """Each recipient and what is known of it."""
        recipients, claims = self.recipients(), self.claims()
        return ((recipient, claims.get(place)) for place, recipient in enumerate(recipients))

    def take_over(self, run: str) -> None:
        """Make `run` the only one that may send. Raises UnknownMailing, Superseded."""
        _check(self._run("mailing_take_over", run, KEEP_S, CUT_OFF))

    def begin(self, place: int, claim: Claim) -> bool:
        """Claim a recipient: send only if this is True. Raises UnknownMailing, Superseded."""
        head = (claim.run, place, claim.number)
        return _check(self._run("mailing_begin", *head, _encode(claim), KEEP_S)) == "claimed"

    def end(self, place: int, claim: Claim) -> bool:
        """Write down the outcome of a claim; False if a later run has already decided otherwise."""
        head = (claim.run, place, claim.number, claim.outcome)
        return bool(self._run("mailing_end", *head, _encode(claim), KEEP_S) == 1)

    def _fields(self, *names: str) -> list[str]:
        values = cast(list[str | None], self.client.hmget(self._mailing, list(names)))
        if None in values:
            raise UnknownMailing(GONE)
        return cast(list[str], values)

    def _run(self, script: str, *args: str | int) -> Any:
        return self.client.register_script(_source(script))(keys=self._keys, args=args)


def digest(subject: str, body: str, rows: Sequence[Recipient]) -> str:
    """Names a mailing's content."""
    content = json.dumps([subject, body, [[row.line, row.email, row.values] for row in rows]])
    return hashlib.sha256(content.encode()).hexdigest()


def _encode(claim: Claim) -> str:
    return json.dumps(asdict(claim))


def _check(answer: object) -> str:
    if answer == "gone":
        raise UnknownMailing(GONE)
    if answer == "superseded":
        raise Superseded("Another run of this mailing has taken over.")
    return str(answer)


@cache
def _source(script: str) -> str:
    return (SCRIPTS / f"{script}.lua").read_text()

"""What goes wrong and should be looked at: open alarms on Redis, one for each cause, and the mails about them.

A web process says what has happened since the log was looked at last (`happened`), and what is not as it should be
each time it sees that (`stands`). Whether a mail is due is decided there, in one step: two webs that see the same make
one mail. A mail is a thing of its own (`mail`), and goes out though its alarm is over by then. It waits in a list until
its task is on the queue (`unqueued`, `queued`). The worker claims each letter before it sends it (`begin`): rather none
than two.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

import redis

from worker import keys
from worker.stream import SCRIPTS

MOST_OPEN, MOST_LEFT_OUT = 100, 1_000
MOST_UNQUEUED = 200
KEEP_MAIL_S = 7 * 24 * 3600
AGAIN_S = 3_600
"""A cause that goes on is mailed about again after so long, if more has come of it."""

LEAD_S = 6.0
"""For so long after its last look a web process is the one that looks."""

CLAIM_S = 15.0

MAIL_TASK = "mail.tell_of_alarm"
"""Mails that cannot be sent are no reason for more mails."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What has gone wrong. kind: failed, lost, stalled, worker, queue, or more: those that have no room of their own.

    subject: the task's, the worker's or the queue's name; detail: the exception's type. task_id: one of the tasks.
    """

    kind: str
    subject: str
    detail: str = ""
    task_id: str = ""
    said: str = ""

    @property
    def id(self) -> str:
        """The same for all that one mail is enough for; 16 hexadecimal digits."""
        return hashlib.sha256(f"{self.kind}\n{self.subject}\n{self.detail}".encode()).hexdigest()[:16]

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"id": self.id}


@dataclass(frozen=True, slots=True)
class Letters:
    """Who is written to, how many mails an hour at most, and where their links lead. No addresses: no mails."""

    addresses: tuple[str, ...] = ()
    an_hour: int = 10
    url: str = ""


Row = dict[str, Any]


def beyond(cause: Cause) -> Cause:
    """What a cause is counted as while there are as many open alarms as there may be."""
    last = f"The last: {cause.kind} {cause.subject} {cause.said or cause.detail}"
    return Cause("more", f"causes beyond the first {MOST_OPEN}", said=last[:1_000])


MORE = beyond(Cause("", "")).id


class Alarms:
    """Every method may raise redis.RedisError; calling it again after that is safe."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self.client = client
        self._raise = client.register_script((SCRIPTS / "alarm_raise.lua").read_text())

    def leads(self, web: str) -> bool:
        """Whether this web process is the one that looks: it was so far, or the one that was is silent."""
        if self.client.set(keys.ALARMS_LEAD, web, nx=True, px=int(LEAD_S * 1000)):
            return True
        if self.client.get(keys.ALARMS_LEAD) != web:
            return False
        self.client.pexpire(keys.ALARMS_LEAD, int(LEAD_S * 1000))
        return True

    def happened(self, after: str, until: str, times: Mapping[Cause, int], letters: Letters) -> bool:
        """Between two offsets of the log, each cause so often. All is counted, once, or nothing: whoever comes second,
        and whoever has waited in vain for the answer, finds that it has been looked on, and counts nothing (False)."""
        with self.client.pipeline() as pipe:
            pipe.watch(keys.ALARMS_OFFSET)  # type: ignore[no-untyped-call]
            if (pipe.get(keys.ALARMS_OFFSET) or "") != after:
                return False
            pipe.multi()
            for cause, more in times.items():
                self._raised(pipe, cause, letters, more=more)
            pipe.set(keys.ALARMS_OFFSET, until)
            try:
                pipe.execute()
            except redis.WatchError:
                return False
        return True

    def stands(self, standing: Iterable[tuple[Cause, int, float | None]], letters: Letters) -> None:
        """Causes that are there now: in how many at once, and since when, if that is known."""
        with self.client.pipeline(transaction=False) as pipe:
            for cause, at_least, since_s in standing:
                self._raised(pipe, cause, letters, at_least=at_least, since_s=since_s)
            pipe.execute()

    def _raised(
        self,
        pipe: "redis.client.Pipeline",
        cause: Cause,
        letters: Letters,
        more: int = 0,
        at_least: int = 0,
        since_s: float | None = None,
    ) -> None:
        written = letters.addresses and cause.subject != MAIL_TASK
        mail = json.dumps({"addresses": letters.addresses, "url": letters.url}) if written else ""
        told = json.dumps(cause.told() | ({"since": since_s} if since_s else {}))
        bounds = (MOST_OPEN, MOST_LEFT_OUT, AGAIN_S, letters.an_hour, KEEP_MAIL_S, MOST_UNQUEUED)
        mailed = [keys.alarm_mailed(cause.id), keys.alarm_mailed(MORE)]
        places = [keys.ALARMS, keys.ALARMS_LEFT_OUT, keys.ALARMS_SEEN, keys.ALARM_MAILS, keys.ALARM_MAILS_SENT, *mailed]
        args: list[str | int] = [told, json.dumps(beyond(cause).told()), more, at_least, mail, *bounds]
        self._raise(keys=places, args=[*args, keys.alarm_mail("")], client=pipe)

    def over(self, alarm_id: str) -> None:
        """Its cause is gone."""
        with self.client.pipeline() as pipe:
            pipe.hdel(keys.ALARMS, alarm_id)
            pipe.hdel(keys.ALARMS_SEEN, alarm_id)
            if alarm_id == MORE:
                pipe.delete(keys.ALARMS_LEFT_OUT)
            pipe.execute()

    def put_aside(self, alarm_id: str) -> bool:
        """Somebody has seen it: it is shown again if it happens again. Whether there is such an alarm."""

        def seen(pipe: "redis.client.Pipeline") -> bool:
            stored = cast(str | None, pipe.hget(keys.ALARMS, alarm_id))
            pipe.multi()
            if stored is not None:
                pipe.hset(keys.ALARMS_SEEN, alarm_id, json.loads(stored)["count"])
            return stored is not None

        return bool(self.client.transaction(seen, keys.ALARMS, value_from_callable=True))  # type: ignore[arg-type]

    def open(self) -> tuple[float, list[Row]]:
        """Redis' clock, and the open alarms, the newest first. `aside`: somebody has seen all there is to see."""
        with self.client.pipeline(transaction=False) as pipe:
            pipe.hvals(keys.ALARMS)
            pipe.hgetall(keys.ALARMS_SEEN)
            pipe.time()
            stored, seen, (seconds, microseconds) = pipe.execute()
        rows = [json.loads(text) for text in stored]
        for row in rows:
            row["aside"] = int(seen.get(row["id"], -1)) >= row["count"]
        return seconds + microseconds / 1e6, sorted(rows, key=lambda row: row["since"], reverse=True)

    def looked_at(self) -> str:
        """Up to where the log has been looked at; "" if it never was."""
        return cast(str, self.client.get(keys.ALARMS_OFFSET) or "")

    def unqueued(self) -> list[str]:
        """Mails whose task is to be put on the queue by who asks; by another one, if it is not `queued` soon."""
        waiting = cast(list[str], self.client.zrange(keys.ALARM_MAILS, 0, MOST_UNQUEUED))
        claim = {"nx": True, "px": int(CLAIM_S * 1000)}
        return [mail_id for mail_id in waiting if self.client.set(keys.alarm_claim(mail_id), 1, **claim)]  # type: ignore[arg-type]

    def queued(self, mail_id: str) -> None:
        """Its task is on the queue."""
        self.client.zrem(keys.ALARM_MAILS, mail_id)

    def mail(self, mail_id: str) -> Mapping[str, Any] | None:
        """The alarm as it was, `addresses` and `url`; None if there is no such mail, or not any more."""
        stored = self.client.hget(keys.alarm_mail(mail_id), "mail")
        return cast(dict[str, Any], json.loads(cast(str, stored))) if stored else None

    def begin(self, mail_id: str, address: str) -> bool:
        """Claim the letter to this address; False if another run has."""
        return bool(self.client.hsetnx(keys.alarm_mail(mail_id), address, "1"))

    def release(self, mail_id: str, address: str) -> None:
        """It has certainly not gone out: another run may try."""
        self.client.hdel(keys.alarm_mail(mail_id), address)

"""What goes wrong and should be looked at: open alarms on Redis, one for each cause, and the mails about them.

A web process raises an alarm each time it sees its cause (`raised`). Whether a mail is due is decided there, in one
step: two webs that see the same make one mail. A mail is a thing of its own (`mail`), and goes out though its alarm is
over by then. It waits in a list until its task is on the queue (`unqueued`, `queued`). The worker claims each letter
before it sends it (`begin`): rather none than two.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

import redis

from worker import keys
from worker.stream import SCRIPTS

MOST_OPEN = 100
MOST_UNQUEUED = 200
KEEP_MAIL_S = 7 * 24 * 3600
AGAIN_S = 3_600
"""A cause that goes on is mailed about again after so long, if more has come of it."""

LEAD_S = 6.0
"""For so long after its last look a web process is the one that looks."""

CLAIM_S = 15.0


@dataclass(frozen=True, slots=True)
class Cause:
    """What has gone wrong. kind: failed, lost, stalled, worker or queue.

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


@dataclass(frozen=True, slots=True)
class Letters:
    """Who is written to, how many mails an hour at most, and where their links lead. No addresses: no mails."""

    addresses: tuple[str, ...] = ()
    an_hour: int = 10
    url: str = ""


Row = dict[str, Any]


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

    def raised(self, cause: Cause, times: int, since_s: float | None, letters: Letters) -> None:
        """The cause is there: so many more times, or (0) still. since_s: since when, if that is known."""
        told = json.dumps(asdict(cause) | {"id": cause.id} | ({"since": since_s} if since_s else {}))
        mail = json.dumps({"addresses": letters.addresses, "url": letters.url}) if letters.addresses else ""
        bounds = (MOST_OPEN, AGAIN_S, letters.an_hour, KEEP_MAIL_S, MOST_UNQUEUED)
        places = [keys.ALARMS, keys.ALARM_MAILS, keys.ALARM_MAILS_SENT, keys.alarm_mailed(cause.id)]
        self._raise(keys=places, args=[cause.id, told, times, mail, *bounds, keys.alarm_mail("")])

    def over(self, alarm_id: str) -> bool:
        """Its cause is gone; whether it was open."""
        self.client.hdel(keys.ALARMS_SEEN, alarm_id)
        return bool(self.client.hdel(keys.ALARMS, alarm_id))

    def put_aside(self, alarm_id: str) -> bool:
        """Somebody has seen it: it is shown again if it happens again. Whether there is such an alarm."""
        stored = cast(str | None, self.client.hget(keys.ALARMS, alarm_id))
        if stored is None:
            return False
        self.client.hset(keys.ALARMS_SEEN, alarm_id, json.loads(stored)["count"])
        return True

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

    def look_on(self, offset: str) -> None:
        """It has been looked at up to here."""
        self.client.set(keys.ALARMS_OFFSET, offset)

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

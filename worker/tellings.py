"""Who is to be told by e-mail of which task's end, and which browsers are here; on Redis.

A telling is asked for by a browser and taken back by it, also when one of its tabs has told of the end. What is left
when the task has ended and the browser is away is claimed by a web process (`due`), which puts the mail's task on the
queue (`queued`). The worker claims it once more before it sends (`begin`): however often it is queued, at most one run
sends. Whatever dies between that claim and the mail server's answer leaves the mail unsent.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast

import redis

from worker import keys

KEEP_S = 7 * 24 * 3600
MOST_OF_A_TASK, MOST = 50, 10_000
MOST_AN_HOUR = 20
"""Tellings that may be asked for within an hour to one address."""

AWAY_S = 10.0
"""A browser is away when none of its tabs was connected for so long: a reload is no going away."""

CLAIM_S = 15.0
"""Seconds after which a claim that led to nothing may be made again."""

LOOKED_AT = 200
"""Tellings that one look judges."""

SCRIPTS = Path(__file__).parent / "scripts"


class Tellings:
    """Every method may raise redis.RedisError; calling it again after that is always safe."""

    def __init__(self, client: redis.Redis) -> None:
        """`client` must decode its responses."""
        self.client = client
        self._from = 0

    def ask(self, task_id: str, browser: str, email: str, url: str) -> str:
        """`asked`; or `unknown`, `ended`, `too_many`, `too_often`. `url`: where the mail's link leads."""
        telling_id = id_of(task_id, browser)
        places = [keys.row(task_id), keys.telling(telling_id), keys.tellings_of(task_id), keys.TELLINGS]
        bounds = (KEEP_S, MOST_OF_A_TASK, MOST, MOST_AN_HOUR)
        to_address = keys.mails_to(hashlib.sha256(email.lower().encode()).hexdigest()[:32])
        return str(self._run("telling_ask", [*places, to_address], telling_id, task_id, browser, email, url, *bounds))

    def take_back(self, task_id: str, browser: str) -> str:
        """`taken_back`, or `none` if there was none, or `mailed` if it is too late for that."""
        telling_id = id_of(task_id, browser)
        places = [keys.telling(telling_id), keys.tellings_of(task_id), keys.TELLINGS]
        return str(self._run("telling_take_back", places, telling_id))

    def look(self, browsers: Iterable[str], *, judge: bool) -> list[str]:
        """Say that these browsers are here; with `judge` claim what is due, for a mail to be put on the queue."""
        bounds = (self._from, LOOKED_AT if judge else 0, AWAY_S, CLAIM_S, KEEP_S, keys.ROW, keys.telling(""))
        seen, *due = self._run("telling_due", [keys.TELLINGS, keys.PRESENT], *bounds, *browsers)
        self._from = self._from + seen if seen >= LOOKED_AT else 0
        return cast(list[str], due)

    def queued(self, telling_id: str) -> None:
        """Its mail is on the queue: nobody needs to look at it any more."""
        self.client.zrem(keys.TELLINGS, telling_id)

    def begin(self, telling_id: str, run: str) -> tuple[str, dict[str, str]]:
        """`claimed` by this run: send it now; else `done`, `gone` or `not_yet`. And the telling as it was asked for."""
        telling = cast(dict[str, str], self.client.hgetall(keys.telling(telling_id)))
        places = [keys.telling(telling_id), keys.row(telling.get("task_id", "")), keys.TELLINGS]
        return str(self._run("telling_begin", places, run, telling_id)), telling

    def release(self, telling_id: str) -> None:
        """The mail has certainly not gone out: another run may try."""
        self.client.hdel(keys.telling(telling_id), "run")

    def _run(self, script: str, places: list[str], *args: str | float) -> Any:
        return self.client.register_script(_source(script))(keys=places, args=args)


def id_of(task_id: str, browser: str) -> str:
    """Names what one browser asked of one task, and tells neither; 32 hexadecimal digits."""
    return hashlib.sha256(f"{task_id}\n{browser}".encode()).hexdigest()[:32]


@cache
def _source(script: str) -> str:
    return (SCRIPTS / f"{script}.lua").read_text()

"""The log on Redis: append to it, read after an offset, follow it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker import keys, redis_needs, states
from worker.events import Event, decode_row

SCRIPTS = Path(__file__).parent / "scripts"

CONNECT_TIMEOUT_S = 1.0
ANSWER_TIMEOUT_S = 2.0
MOST_CONNECTIONS = 32
FOLLOW_BLOCK_MS = 500
READ_COUNT = 1_000
NO_OFFSET = "0" * 16


def connect(
    url: str,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
    turn_timeout_s: float | None = None,
    retries: int = 1,
    retried: tuple[type[Exception], ...] = (redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError),
) -> redis.Redis:
    """A Redis client that gives up soon and never waits between tries. Make it after a fork, never before.

    It has 32 connections at most; who finds all of them busy waits for `turn_timeout_s`, or as long as for an answer.
    `retries`: how often a command is tried again, on a new connection, after a `retried` error. One that a replica has
    refused is: after a failover the address leads to the new primary.
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=answer_timeout_s if turn_timeout_s is None else turn_timeout_s,
        decode_responses=True,
        encoding_errors="replace",  # one entry that is no text would keep all that follow from being read
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=answer_timeout_s,
        retry=Retry(NoBackoff(), retries, retried),
        health_check_interval=0,
        protocol=2,
    )
    return redis.Redis(connection_pool=pool)


def connect_alone(url: str, answer_timeout_s: float) -> redis.Redis:
    """A client for one thread, on one connection. Raises redis.RedisError if there is no Redis.

    What others do before each command, to look whether the connection has been closed, takes a tenth of an append. Here
    a command that finds it closed is sent again, at once, on a new one; one that gets no answer is not.
    """
    pool = connect(url, answer_timeout_s, retried=(redis.ConnectionError, redis.ReadOnlyError)).connection_pool
    return redis.Redis(connection_pool=pool, single_connection_client=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept. log_entries: news kept for followers; tasks and seconds: rows kept in the table."""

    log_entries: int = 100_000
    tasks: int = 100_000
    seconds: float = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of an event.

    verdict: `appended`, `unchanged`, `ended` (the row was final) or `superseded`; for what is asked of a task also
    `unknown` (there is no such task) or `running` (it has not ended). asked: the kind of action that somebody asks of
    the task and that is not done yet, told to the task's own run and to who asks; "" if there is none.
    """

    verdict: str
    attempt: int
    offset: str
    asked: str = ""


class Entry(NamedTuple):
    """One entry of the log. changes: a row's changed fields, task_id and offset, or None if foreign.

    prev: the offset of the entry before it, "" if it does not say. parent: the task that sent this one, if this one is
    shown with it, else "".
    """

    offset: str
    type: str
    changes: dict[str, Any] | None
    prev: str = ""
    parent: str = ""


class Log:
    """The log of what happened to tasks. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis, limits: Limits | None = None) -> None:
        """`client` must decode its responses; `limits` bound what is kept."""
        self.client = client
        self.limits = limits or Limits()
        self._append = client.register_script(_append_script(self.limits))
        self._epoch = client.register_script((SCRIPTS / "epoch.lua").read_text())

    def append(self, event: Event) -> Appended:
        """Fold the event into its task's row and add it to the log: one round trip, all or nothing."""
        return _appended(self._append(keys=[keys.row(event.task_id)], args=_arguments(event)))

    def append_all(self, events: Iterable[Event]) -> list[Appended]:
        """The same for many, each by itself, in one round trip for all of them."""
        with self.client.pipeline(transaction=False) as pipe:
            for event in events:
                self._append(keys=[keys.row(event.task_id)], args=_arguments(event), client=pipe)
            return [_appended(answer) for answer in pipe.execute()]

    def open(self) -> tuple[str, str]:
        """The log's epoch and newest offset; begins a new epoch if this is another Redis than before."""
        epoch, offset = cast(list[str], self._epoch(keys=[keys.META, keys.LOG], args=[redis_needs.look(self.client)]))
        return epoch, offset

    def read_after(self, offset: str, block_ms: int | None = None, most: int = READ_COUNT) -> list[Entry]:
        """The entries after `offset`, at most `most`; with `block_ms` it waits that long for the first."""
        answer = self.client.xread({keys.LOG: f"{offset}-0"}, count=most, block=block_ms)
        streams = cast(list[tuple[str, list[tuple[str, dict[str, str]]]]], answer)
        return [_entry(entry_id, stored) for _, entries in streams for entry_id, stored in entries]

    def behind_s(self, offset: str) -> float:
        """For how long the oldest entry after `offset` has been there, in seconds; 0 if there is none."""
        with self.client.pipeline(transaction=False) as pipe:
            pipe.time()
            pipe.xrange(keys.LOG, min=f"({offset}-0", count=1)
            (seconds, microseconds), unread = pipe.execute()
        if not unread:
            return 0.0
        appended_us = int(unread[0][0].split("-")[0])
        return float(max(seconds * 1_000_000 + microseconds - appended_us, 0)) / 1_000_000


def _appended(answer: Any) -> Appended:
    verdict, attempt, offset, asked = cast(str, answer).split(" ")
    return Appended(verdict, int(attempt), offset, asked)


def _arguments(event: Event) -> list[str]:
    state = event.state or ""
    group = f'"{states.group(state)}"' if state else ""
    rank, attempt = str(states.rank(state)), str(event.attempt)
    lines = "" if event.lines is None else str(event.lines)
    place = (event.type, rank, event.run, attempt, event.stamp, group, event.who, lines)
    return [event.task_id, state, "\n".join([*place, *event.encode(), ""])]


def _append_script(limits: Limits) -> str:
    """With what is the same in each call written into it."""
    names = {"META": keys.META, "LOG": keys.LOG, "CHANGED": keys.CHANGED, "SENT": keys.SENT, "COUNTS": keys.COUNTS}
    prefixes = {"ROW": keys.ROW, "INDEX": keys.BY, "STATISTICS": keys.STATISTICS, "LINES_OF": keys.LINES_OF}
    bounds = {"LOG_LENGTH": limits.log_entries, "KEPT_TASKS": limits.tasks, "KEPT_S": limits.seconds}
    constants = {**names, **prefixes, **bounds}
    head = "".join(f"local {name} = {json.dumps(value)}\n" for name, value in constants.items())
    return head + (SCRIPTS / "append.lua").read_text()


def _entry(entry_id: str, stored: Mapping[str, str]) -> Entry:
    offset = entry_id.partition("-")[0]
    try:
        changes = decode_row(stored, offset)
        parent = json.loads(stored["of"]) if "of" in stored else ""
    except ValueError:
        return Entry(offset, "foreign", None)
    if "gone" in stored:
        changes["gone"] = True
    return Entry(
        offset, stored.get("type", ""), changes, stored.get("prev", ""), parent if isinstance(parent, str) else ""
    )

"""What a dead worker has left: each message it held, whether its task had begun, and how it ended if it did."""

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import redis
from celery import Celery

from worker import events, keys, outcomes, states, values
from worker.events import Event

logger = logging.getLogger(__name__)

BACKEND_PATIENCE_S = 1.0
"""How long the result backend may take to say how the tasks ended; one that hangs must not hold up the others."""

SETTLED_S = 5
"""What changed more recently is not looked at: a worker of the same name may have taken it and not said so yet."""

MOST_UNHEARD = 5_000

GIVEN_UP = " (given up)"
"""What append.lua adds to a run's name."""

WORKER_DIED = "Its worker vanished while it ran"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remains:
    """One message. runs: whether its task was executed, None if the worker died before it could say.

    again: whether it may be executed again. row: its row. end: how it ended, as the result backend has it.
    """

    tag: str
    task_id: str
    runs: bool | None
    again: bool
    row: Row
    is_rows_worker: bool
    end: Event | None = None

    @property
    def begun(self) -> bool:
        """Its task was being executed; it may have begun after the last heartbeat."""
        state = self.row.get("state", states.PENDING)
        running = states.rank(state) in (states.rank(states.STARTED), states.CUSTOM_RANK)
        return bool(self.runs) or (running and self.is_rows_worker)

    @property
    def is_at_work(self) -> bool:
        """By its row, the worker has it, and it waits for nothing."""
        return states.rank(states.RECEIVED) <= states.rank(self.row.get("state", states.PENDING)) <= states.CUSTOM_RANK

    @property
    def is_told(self) -> bool:
        """Its end is in the table, and only the acknowledgement is missing."""
        state = self.row.get("state", states.PENDING)
        return self.begun and self.is_rows_worker and states.is_final(state) and state != states.LOST

    @property
    def is_over(self) -> bool:
        """Whether the message must not be delivered again."""
        return self.is_told or self.end is not None or (self.begun and not self.again)

    @property
    def may_be_lost(self) -> bool:
        """Whether this counts as an execution lost: better one too many than a task that goes round for ever."""
        return not self.is_over and (self.begun or self.runs is None)

    @property
    def was_put_back(self) -> bool:
        """Whoever took care of it has died over it, after its message had gone back: nothing is left to be told."""
        return self.row.get("state") == states.RETRY and str(self.row.get("run")).endswith(GIVEN_UP)

    def news(self, is_back: bool) -> Event | None:
        """What is to be told of the task, if nobody else has it. is_back: its message is on its queue again."""
        if not self.begun or self.is_told or self.was_put_back or not self.is_rows_worker:
            return None
        if self.end:
            return self.end
        run = self.row.get("run") or ""
        return (events.put_back if is_back else events.lost)(self.task_id, run, WORKER_DIED)


def examine(client: redis.Redis, app: Celery, instance: str) -> list[Remains]:
    """All that this worker instance held when it died. May raise redis.RedisError."""
    held = cast(dict[str, str], client.hgetall(keys.held(instance)))
    carried = {tag: json.loads(text) for tag, text in held.items()}
    known = rows(client, [task_id for task_id, *_ in carried.values()])
    left = [_remains(instance, known, tag, *told) for tag, told in carried.items()]
    left += _unheard(client, instance, {one.task_id for one in left})
    ends = kept_ends(app, {one.task_id: one.row for one in left if one.begun and one.is_rows_worker})
    return [replace(one, end=ends.get(one.task_id)) for one in left]


def _remains(
    instance: str, rows: Mapping[str, Row], tag: str, task_id: str, runs: bool | None, again: bool = True
) -> Remains:
    row = rows[task_id]
    return Remains(tag, task_id, runs, again, row, row.get("worker") in (None, instance.split("|")[0]))


def _unheard(client: redis.Redis, instance: str, known: set[str]) -> list[Remains]:
    """What it had taken and acknowledged after its last heartbeat: the table alone knows whose it is."""
    last_beat_s = cast(float | None, client.zscore(keys.BEATS, instance))
    now_s = cast(tuple[int, int], client.time())[0]
    if last_beat_s is None:
        return []
    between = (last_beat_s * 1e6, (now_s - SETTLED_S) * 1e6)
    changed = client.zrangebyscore(keys.CHANGED, *between, start=0, num=MOST_UNHEARD)
    unknown = set(cast(list[str], changed)) - known - _held_by_namesakes(client, instance)
    changed_rows = rows(client, list(unknown))
    found = [_remains(instance, changed_rows, "", task_id, True) for task_id in unknown]
    return [one for one in found if one.row.get("worker") and one.is_rows_worker and one.is_at_work]


def _held_by_namesakes(client: redis.Redis, instance: str) -> set[str]:
    """The tasks of workers of the same name, such as the dead one started again."""
    name = instance.split("|")[0]
    others = [one for one in cast(list[str], client.zrange(keys.BEATS, 0, -1)) if one.split("|")[0] == name]
    carried = [json.loads(text) for one in others for text in cast(list[str], client.hvals(keys.held(one)))]
    return {task_id for task_id, *_ in carried}


def rows(client: redis.Redis, task_ids: Sequence[str]) -> dict[str, Row]:
    """Of all these tasks, in one round trip."""
    names = ["state", "worker", "attempt", "started_at"]
    with client.pipeline(transaction=False) as pipe:
        for task_id in task_ids:
            pipe.hmget(keys.row(task_id), ["run", *names])
        return {task_id: _row(names, stored) for task_id, stored in zip(task_ids, pipe.execute(), strict=True)}


def _row(names: Sequence[str], stored: Sequence[str | None]) -> Row:
    found = {name: json.loads(value) for name, value in zip(names, stored[1:], strict=True) if value is not None}
    return found | {"run": stored[0]}


def kept_ends(app: Celery, rows: Mapping[str, Row]) -> dict[str, Event]:
    """Ends that the result backend has of these tasks, as far as it answers in time."""
    found: dict[str, Event] = {}
    if rows:
        thread = threading.Thread(target=_look_up, args=(app, rows, found), name="pushboard-ends", daemon=True)
        thread.start()
        thread.join(BACKEND_PATIENCE_S)
        if thread.is_alive():
            logger.warning(
                "the result backend is slow to say how tasks of a dead worker ended: they count as not ended"
            )
    return found.copy()


def _look_up(app: Celery, rows: Mapping[str, Row], found: dict[str, Event]) -> None:
    try:
        for task_id, row in rows.items():
            # Without the underscore it would try for as long as the backend is away.
            kept = app.backend._get_task_meta_for(task_id)
            if states.is_final(kept["status"]) and _is_of_this_attempt(kept, row):
                found[task_id] = _end(task_id, row.get("run") or "", kept)
    except Exception as error:
        logger.warning("the result backend does not say how tasks of a dead worker ended: %s", error)


def _is_of_this_attempt(kept: Mapping[str, Any], row: Row) -> bool:
    """Whether this is no earlier attempt's end. Only then are the clocks of two machines compared."""
    if (row.get("attempt") or 1) <= 1:
        return True
    ended = datetime.fromisoformat(kept["date_done"]).timestamp() if kept.get("date_done") else 0.0
    return bool(ended >= (row.get("started_at") or 0.0))


def _end(task_id: str, run: str, kept: Mapping[str, Any]) -> Event:
    if kept["status"] == states.SUCCESS:
        result = kept["result"]
        return events.ended("succeeded", task_id, states.SUCCESS, run, result=result, summary=values.summary(result))
    fields = outcomes.failure(kept["result"], kept.get("traceback"))
    return events.ended("ended", task_id, kept["status"], run, **fields)

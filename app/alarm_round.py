"""Looks round every two seconds for what goes wrong; of several web processes one looks, the others are ready to."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import redis
from flask_socketio import SocketIO
from kombu.exceptions import OperationalError

from app.endings import Endings
from app.extensions import alarms as open_alarms
from app.extensions import table, workers_room
from app.start import start_task
from worker.alarms import MAIL_TASK, Alarms, Cause, Letters, Row
from worker.fleet import SILENCE_S
from worker.query import Query

logger = logging.getLogger(__name__)

LOOK_S = 2.0
BREAK_S = 3 * LOOK_S
SETTLE_S = SILENCE_S + 2 * LOOK_S
"""After its start, and after Redis was away, nobody is taken for gone for so long: they are to be heard first."""

QUIET_S = 900.0
"""An alarm about failed or lost tasks is over when there has been none for so long."""

STALL_S, SHORTEST_STALL_S, STALL_GAPS, FEWEST_REPORTS = 120.0, 30.0, 5, 3
"""As static/js/pace.js has them."""

MOST_PAGES = 5
STANDING = frozenset({"stalled", "worker", "queue"})
"""These are there or not; the others have happened so often."""


class AlarmRound:
    """One for each web process."""

    def __init__(self, socketio: SocketIO, endings: Endings, letters: Letters, queue_s: float) -> None:
        """queue_s: a queue whose next message is older is an alarm."""
        self._socketio, self._endings, self._letters, self._queue_s = socketio, endings, letters, queue_s
        self._web = uuid.uuid4().hex
        self._looked_at = self._steady_since = float("-inf")

    def start(self) -> None:
        """Look round from now on, in the background."""
        self._socketio.start_background_task(self._run)

    def _run(self) -> None:
        while True:
            self._socketio.sleep(LOOK_S)
            try:
                self._look(open_alarms())
            except (redis.RedisError, OSError, OperationalError) as error:
                logger.debug("what goes wrong is not known: %s", error)
            except Exception:
                logger.exception("looking for what goes wrong failed")

    def _look(self, alarms: Alarms) -> None:
        began_at = time.monotonic()
        if began_at - self._looked_at > BREAK_S:
            self._steady_since = began_at
        if alarms.leads(self._web):
            self._count_ended(alarms)
            if began_at - self._steady_since >= SETTLE_S:
                self._stand(alarms, *alarms.open())
        else:
            self._endings.forget(alarms.looked_at())
        for mail_id in alarms.unqueued():
            start_task(MAIL_TASK, [mail_id], task_id=str(uuid.uuid5(uuid.NAMESPACE_OID, mail_id)))
            alarms.queued(mail_id)
        self._looked_at = time.monotonic()

    def _count_ended(self, alarms: Alarms) -> None:
        """Tasks that have failed or were lost since somebody looked last, also while no web process was there."""
        after = alarms.looked_at()
        until, changes = self._endings.since(after)
        causes = [_cause_of(change) for change in changes]
        newest, times = {cause.id: cause for cause in causes}, Counter(cause.id for cause in causes)
        if until and alarms.happened(after, until, {newest[key]: times[key] for key in newest}, self._letters):
            self._endings.forget(until)

    def _stand(self, alarms: Alarms, now_s: float, rows: Iterable[Row]) -> None:
        """What is not as it should be now, and what is so no longer. Perhaps a mail that was held back is due now."""
        standing = list(self._standing(now_s))
        there = {cause.id for cause, _, _ in standing}
        for row in rows:
            if row["kind"] in STANDING:
                if row["id"] not in there:
                    alarms.over(row["id"])
            elif now_s - row["last"] > QUIET_S:
                alarms.over(row["id"])
            elif self._letters.addresses and row["count"] > row["mailed"]:
                cause = Cause(row["kind"], row["subject"], row["detail"], row["task_id"], row["said"])
                standing.append((cause, 0, None))
        alarms.stands(standing, self._letters)

    def _standing(self, now_s: float) -> Iterator[tuple[Cause, int, float | None]]:
        for row in workers_room.picture()["rows"]:
            if row["kind"] == "worker" and row["standing"] == "offline":
                yield Cause("worker", row["name"], said=_ran(row)), 1, row["gone_since"]
            elif row["kind"] == "queue" and row["next_sent_at"] and now_s - row["next_sent_at"] > self._queue_s:
                yield Cause("queue", row["name"], said=_waits(row)), 1, row["next_sent_at"]
        stalled: dict[str, list[Row]] = {}
        for row in self._running():
            if _is_stalled(row, now_s):
                stalled.setdefault(row["name"] or "", []).append(row)
        for name, rows in stalled.items():
            since_s = min(row["progress_at"] or row["started_at"] for row in rows)
            said = rows[0]["note"] or ""
            yield Cause("stalled", name, task_id=rows[0]["task_id"], said=said), len(rows), since_s

    def _running(self) -> Iterator[Row]:
        """The oldest ones: what stands still grows old."""
        after = ""
        for _ in range(MOST_PAGES):
            page = table().query(Query(filters={"group": "running"}, oldest_first=True, after=after))
            yield from page.rows
            after = page.next
            if not after:
                return


def _cause_of(change: Mapping[str, Any]) -> Cause:
    lost = change.get("state") == "LOST"
    error, words = (str(change.get(name) or "") for name in ("error", "summary"))
    said = words or error  # as the board says it
    detail = "" if lost else (error or words).partition(":")[0][:100]
    return Cause("lost" if lost else "failed", str(change.get("name") or ""), detail, change["task_id"], said[:1_000])


def _is_stalled(row: Mapping[str, Any], now_s: float) -> bool:
    since_s = row["progress_at"] or row["started_at"]
    return row["current"] is not None and bool(since_s) and now_s - since_s >= _longest_gap(row)


def _longest_gap(row: Mapping[str, Any]) -> float:
    began_s, told_s, reports = row["started_at"], row["progress_at"], row["reports"] or 0
    if not began_s or not told_s or reports < FEWEST_REPORTS or told_s < began_s:
        return STALL_S
    return max(SHORTEST_STALL_S, float(STALL_GAPS * (told_s - began_s) / reports))


def _ran(worker: Mapping[str, Any]) -> str:
    number = len(worker["running"])
    return f"It ran {number} task{'' if number == 1 else 's'}." if number else "It ran no task."


def _waits(queue: Mapping[str, Any]) -> str:
    takers = queue["workers"]
    taken = f"{takers} worker{' takes' if takers == 1 else 's take'} from it." if takers else "No worker takes from it."
    waiting = queue["waiting"] or 0
    return f"{waiting:,} message{' waits' if waiting == 1 else 's wait'}. {taken}"

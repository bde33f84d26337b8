"""How a task says how far it is: `report`, `track`, and Celery's own `update_state`."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sized
from contextvars import ContextVar
from typing import Any, TypeVar

from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from worker import events, states, values
from worker.outbox import outbox
from worker.patience import send_patiently
from worker.run import Run

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

current_run: ContextVar[Run | None] = ContextVar("current_run", default=None)
"""The execution that goes on in this thread; set and unset by worker/signals.py."""

_monotonic = time.monotonic
_get_run = current_run.get


def report(current: float | None = None, total: float | None = None, note: str = "") -> None:
    """Say how far the running task is: `current` of `total`, and in `note` what it does now.

    Call it as often as you like, from anywhere inside a task: within 50 ms of the last one it costs a clock read, and
    the newest is always told in the end. Never waits for Redis; outside a task it does nothing. All that it raises is
    Stop, in a task that is to run no further: let it through.
    """
    run = _get_run()
    if run is None:
        return
    run.reported.append((current, total, note, run.lines))
    if _monotonic() >= run.due:
        _tell(run)


def track(items: Iterable[Item], total: int | None = None, note: str = "") -> Iterator[Item]:
    """Yield the items and report how many are done; `total` is `len(items)` where there is one."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    done = 0
    report(done, total, note)
    for done, item in enumerate(items, 1):
        yield item
        report(done, total, note)


def _tell(run: Run) -> None:
    run.go_on()
    try:
        # Set here, in the task's thread: until the flusher comes, further calls are throttled.
        run.due = _monotonic() + 1.0
        outbox().watch(run)
    except SoftTimeLimitExceeded:
        raise  # it is meant for the task
    except Exception:
        logger.warning("progress could not be reported", exc_info=True)


class ReportingTask(Task):  # type: ignore[misc]  # Celery is not typed
    """The base of every task: its `update_state` is pushed, and never waits for the result backend.

    run_again: False if the task must not be executed again once it has begun, although it is acknowledged late. If its
    worker dies, it ends as lost. listed: False if people are not to find it among what they can run.
    """

    abstract = True
    run_again = listed = True
    Request = "worker.request:LosableRequest"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task, and mirror no progress from the moment it has ended."""
        run = _get_run()
        if run is None or run.task_id != self.request.id:
            return super().__call__(*args, **kwargs)
        try:
            returned = super().__call__(*args, **kwargs)
        except Exception:
            run.give_way()
            raise
        finally:
            run.close()
        run.give_way()  # how it ended would be kept in place of the later attempt's end
        return returned

    def apply_async(self, args: Any = None, kwargs: Any = None, *further: Any, **options: Any) -> Any:
        """Send the task; from within another one, wait for a broker that is away, unless with `retry=False`."""
        if _get_run() is None or options.get("retry") is False:
            return super().apply_async(args, kwargs, *further, **options)
        return send_patiently(lambda: super(ReportingTask, self).apply_async(args, kwargs, *further, **options))

    def update_state(
        self, task_id: str | None = None, state: str | None = None, meta: Any = None, **kwargs: Any
    ) -> None:
        """Tell a state and its details; `meta` may have `current`, `total` and `status`, and anything else."""
        run = _get_run()
        own = run is not None and task_id in (None, run.task_id)
        if own and run is not None and not states.is_final(state or ""):
            run.reported.append((values.text(state or states.PROGRESS, 60), _shown(meta), run.lines))
            if _monotonic() >= run.due:
                _tell(run)
            return
        if own and run is not None:
            run.go_on()
        super().update_state(task_id=task_id, state=state, meta=meta, **kwargs)
        _tell_of(task_id or self.request.id, state or states.PROGRESS, meta, run if own else None)


def _tell_of(task_id: str, state: str, meta: Any, run: Run | None) -> None:
    """A final state, or the state of another task than this one: told at once, as it cannot be throttled."""
    if not task_id:
        return
    kind = "task-ended" if states.is_final(state) else "task-progressed"
    stamp = "ended_at" if states.is_final(state) else "progress_at"
    fields = _shown(meta) | ({"summary": meta} if states.is_final(state) else {})
    run_id, lines = (run.id, run.lines) if run else ("", None)
    outbox().put(events.Event(kind, task_id, state, run_id, 0, stamp, fields, lines=lines), run)


def _shown(meta: Any) -> dict[str, Any]:
    if not isinstance(meta, Mapping):
        return {"current": None, "total": None, "note": meta if isinstance(meta, str) else None, "meta": meta}
    meta = dict(meta)
    return {
        "current": meta.get("current"),
        "total": meta.get("total"),
        "note": meta.get("status", meta.get("note")),
        "meta": meta,
    }

"""The task of `bench.worker`: times reports from where they are made, in a process of a real worker."""

import time
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

from celery import Celery
from tqdm import tqdm

from worker import events, progress, states
from worker.celery_app import celery_app
from worker.config import settings
from worker.run import Run
from worker.stream import ANSWER_TIMEOUT_S, Log, connect_alone

TURN = 300
"""Round trips that one turn is made of."""

WHO = {"name": "bench.reports", "worker": "celery@bench", "queue": "celery", "retries": 0}


@celery_app.task(bind=True, name="bench.reports")  # type: ignore[untyped-decorator]  # Celery is not typed
def reports(self: Any, rounds: int, calls: int) -> dict[str, list[float]]:
    """Microseconds of each way, in turns: `rounds` figures of each. `calls`: how often it reports in one turn."""
    log = Log(connect_alone(settings.redis_url, ANSWER_TIMEOUT_S))
    ways: dict[str, Callable[[], float]] = {
        "report": lambda: _each_us(progress.report, calls),
        "tqdm": lambda: _updates_us(calls),
        "track": lambda: _items_us(progress.track(range(calls), note="on it"), calls),
        "tqdm over items": lambda: _items_us(tqdm(range(calls), file=StringIO()), calls),
        "update_state, throttled": lambda: _states_us(self.update_state, calls),
        "append": _append_us(log),
        "update_state": _celerys_update_state_us(),
    }
    measured: dict[str, list[float]] = {what: [] for what in ways}
    for number in range(rounds + 1):
        for what, us in ways.items():
            found = us()
            if number:  # the first round warms up
                measured[what].append(found)
    return measured


def _each_us(report: Callable[[float, float], object], calls: int) -> float:
    began = time.perf_counter()
    for number in range(calls):
        report(number, calls)
    return (time.perf_counter() - began) / calls * 1e6


def _updates_us(calls: int) -> float:
    with tqdm(total=calls, file=StringIO()) as bar:
        update = bar.update
        began = time.perf_counter()
        for _ in range(calls):
            update()
        return (time.perf_counter() - began) / calls * 1e6


def _items_us(items: Iterable[int], calls: int) -> float:
    began = time.perf_counter()
    for _ in items:
        pass
    return (time.perf_counter() - began) / calls * 1e6


def _states_us(update_state: Callable[..., object], calls: int) -> float:
    began = time.perf_counter()
    for number in range(calls):
        update_state(state="PROGRESS", meta={"current": number, "total": calls, "status": "on it"})
    return (time.perf_counter() - began) / calls * 1e6


def _append_us(log: Log) -> Callable[[], float]:
    """The way of a report that goes out, without the mirroring for AsyncResult."""
    run = Run("append", who=WHO)
    log.append(events.sent(run.task_id, "bench.reports", "celery"))
    log.append(events.Event("task-started", run.task_id, states.STARTED, run.id, 0, "started_at", WHO))

    def us() -> float:
        began = time.perf_counter()
        for number in range(TURN):
            run.reported.append((number, TURN, f"on number {number}", run.lines))
            event = run.take()
            assert event
            run.appended(event, log.append(event))
        return (time.perf_counter() - began) / TURN * 1e6

    return us


def _celerys_update_state_us() -> Callable[[], float]:
    """As Celery ships it, on the same Redis."""
    app = Celery(broker=settings.redis_url, backend=settings.redis_url, set_as_current=False)
    task = app.task(_nothing, name="bench.plain")

    def us() -> float:
        began = time.perf_counter()
        for number in range(TURN):
            meta = {"current": number, "total": TURN, "status": f"on number {number}"}
            task.update_state(task_id="update_state", state="PROGRESS", meta=meta)
        return (time.perf_counter() - began) / TURN * 1e6

    return us


def _nothing() -> None:
    """What a task of that name would do."""

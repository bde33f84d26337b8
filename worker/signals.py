"""Translates what Celery tells of tasks and processes into events."""

import logging
from dataclasses import replace
from typing import Any

from celery import signals
from celery.states import IGNORED

import worker.broker  # connects how a worker talks to Redis as its broker
import worker.leaving  # connects what a worker does that ends
import worker.logs.attach  # connects where log lines go
import worker.offer  # connects how a worker says what it can run
import worker.pool_child  # noqa: F401  # connects what a process of the pool does with signals
from worker import call, events, heartbeat, outcomes, sending, states, stops, values
from worker.events import TASK_ID_LENGTH, Event
from worker.losses import may_run_again
from worker.outbox import outbox
from worker.progress import current_run
from worker.run import Run, Stopped, live

logger = logging.getLogger(__name__)

END_TIMEOUT_S = 0.1
"""How long a task's end waits to be appended; what is not by then goes out in the background."""

EXIT_TIMEOUT_S = 5.0


@signals.worker_init.connect
def _deliver_in_background(**_: Any) -> None:
    sending.deliver_by(lambda event: outbox().put(event))


@signals.worker_ready.connect
def _begin_heartbeat(sender: Any = None, **_: Any) -> None:
    heartbeat.start(sender)


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def _append_the_rest(**_: Any) -> None:
    outbox().flush(EXIT_TIMEOUT_S)


@signals.task_received.connect
def _received(request: Any = None, sender: Any = None, **_: Any) -> None:
    fields = {
        "name": request.name,
        "worker": sender.hostname,
        "queue": request.delivery_info.get("routing_key") or "",
        **call.fields(request.args, request.kwargs, request.argsrepr, request.kwargsrepr),
        "eta": request.eta.timestamp() if getattr(request, "eta", None) else None,
        **sending.sender(request.request_dict),
        **sending.family(request.request_dict),
    }
    outbox().put(Event("task-received", request.id, states.RECEIVED, stamp="received_at", fields=fields))
    heartbeat.take(request)


@signals.task_prerun.connect
def _started(task_id: str = "", task: Any = None, **_: Any) -> None:
    request = task.request
    if request.is_eager or len(task_id) > TASK_ID_LENGTH:
        return
    queue = (request.delivery_info or {}).get("routing_key") or ""
    who = {"name": task.name, "worker": request.hostname, "queue": queue, "retries": request.retries}
    run = Run(task_id, None if task.ignore_result else task.backend, request, who)
    current_run.set(run)
    live[task_id] = run
    outbox().put(Event("task-started", task_id, states.STARTED, run.id, 0, "started_at", who, lines=0), run)
    if (request.delivery_info or {}).get("redelivered") or not may_run_again(task):
        outbox().hurry(END_TIMEOUT_S)  # if it takes its worker down at once, it is still known to have begun


@signals.task_postrun.connect
def _finished(sender: Any = None, task_id: str = "", state: str | None = None, **_: Any) -> None:
    run = current_run.get()
    if run is None or run.task_id != task_id:
        return  # an eager task inside the running one
    if state == IGNORED and run.stop is Stopped:
        _end("revoked", task_id, states.REVOKED, summary=stops.keep(sender, run))
    elif state in outcomes.WITHOUT_RESULT and run.stop is None:
        _end("rejected", task_id, states.REJECTED, summary=outcomes.WITHOUT_RESULT[state])
    current_run.set(None)
    live.pop(task_id, None)
    outbox().hurry(END_TIMEOUT_S)


def _end(kind: str, task_id: str, state: str, **fields: Any) -> None:
    run = current_run.get()
    if run is not None and run.task_id == task_id:
        ended = events.ended(kind, task_id, state, run.id, run.attempt, **fields | run.who)
        outbox().put(replace(ended, lines=run.lines), run)
    elif len(task_id) <= TASK_ID_LENGTH:
        known = {name: value for name, value in fields.items() if value is not None}
        outbox().put(events.ended(kind, task_id, state, **known))


@signals.task_success.connect
def _succeeded(sender: Any = None, result: Any = None, **_: Any) -> None:
    if not sender.request.is_eager:
        _end("succeeded", sender.request.id, states.SUCCESS, result=result, summary=values.summary(result))


@signals.task_failure.connect
def _failed(
    sender: Any = None, task_id: str = "", exception: BaseException | None = None, einfo: Any = None, **_: Any
) -> None:
    if sender.request.is_eager:
        return
    _end("failed", task_id, states.FAILURE, **outcomes.failure(exception, getattr(einfo, "traceback", None)))


@signals.task_retry.connect
def _retried(request: Any = None, reason: Any = None, einfo: Any = None, **_: Any) -> None:
    if request.is_eager:
        return
    run = current_run.get()
    fields = outcomes.retry(request.retries, reason, getattr(einfo, "traceback", None))
    run_id, lines = (run.id, run.lines) if run else ("", None)
    outbox().put(Event("task-retried", request.id, states.RETRY, run_id, 0, "", fields, lines=lines), run)


@signals.task_revoked.connect
def _revoked(
    sender: Any = None, request: Any = None, terminated: bool = False, expired: bool = False, **_: Any
) -> None:
    why = "Expired before it began" if expired else "Stopped while it ran" if terminated else events.WITHDRAWN
    _end("revoked", request.id, states.REVOKED, name=sender.name, summary=why)


@signals.task_rejected.connect
def _rejected(message: Any = None, **_: Any) -> None:
    headers = getattr(message, "headers", None) or {}
    task_id, name = headers.get("id"), headers.get("task")
    if isinstance(task_id, str):
        _end("rejected", task_id, states.REJECTED, name=name, summary="The worker refused the message")


@signals.task_unknown.connect
def _unknown(id: str | None = None, name: str = "", **_: Any) -> None:  # Celery's name
    if isinstance(id, str):
        _end(
            "rejected",
            id,
            states.REJECTED,
            name=name,
            summary=f"The worker that took it has no task of the name {name}",
        )

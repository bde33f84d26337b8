"""A message's way through the worker's main process: it may have been lost before, or be with another worker by now."""

import logging
import uuid
from functools import cache
from typing import Any, cast

import redis
from billiard.einfo import ExceptionWithTraceback
from celery import signals
from celery.exceptions import WorkerLostError
from celery.worker.request import Request
from celery.worker.state import task_ready

from worker import deliveries, events, heartbeat, keys, last_words, losses
from worker.config import settings
from worker.outbox import outbox
from worker.stream import connect

logger = logging.getLogger(__name__)


@cache
def _client() -> redis.Redis:
    return connect(settings.redis_url)


class ReportingRequest(Request):  # type: ignore[misc]  # Celery is not typed
    """Remembers that it was acknowledged or refused, also if the broker did not hear it.

    If its message was given to somebody else and has come back to this worker, the later request is to answer.
    """

    def acknowledge(self) -> None:
        """The broker may forget the message."""
        if not self._has_come_again():
            super().acknowledge()
            deliveries.settle(str(self.message.delivery_tag))

    def reject(self, requeue: bool = False) -> None:
        """The broker may forget the message, unless it is to be put back."""
        if not self._has_come_again():
            super().reject(requeue=requeue)
            if not requeue:
                deliveries.settle(str(self.message.delivery_tag))

    def _has_come_again(self) -> bool:
        known = deliveries.get(str(self.message.delivery_tag)).request
        later = known() if known else None
        return later is not None and later is not self


class LosableRequest(ReportingRequest):
    """Counts what is lost, and executes neither what was lost too often nor what another worker has."""

    def on_accepted(self, pid: int, time_accepted: float) -> None:
        """The task begins: who takes care of this worker's tasks if it dies must know."""
        super().on_accepted(pid, time_accepted)
        last_words.begun(self)
        heartbeat.tell_soon()

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> None:
        """If the pool's process died and Celery would put the message back, that is counted and told first."""
        error = _cause(exc_info.exception)
        if return_ok:  # the task raised it: nothing has become of its process
            last_words.failed(self, error, exc_info.traceback)
        if self._goes_back(error):
            if not losses.may_run_again(self.task):
                return self._give_up(1)
            self._tell_back()
        return cast(None, super().on_failure(exc_info, send_failed_event, return_ok))

    def _goes_back(self, error: BaseException) -> bool:
        return bool(isinstance(error, WorkerLostError) and self.task.acks_late and self.task.reject_on_worker_lost)

    def _tell_back(self) -> None:
        last_words.forget(self)
        try:
            losses.count(_client(), self.id, uuid.uuid4().hex)
            run = cast(str | None, _client().hget(keys.row(self.id), "run"))
            outbox().put(events.put_back(self.id, run or "", losses.CHILD_DIED))
        except redis.RedisError as error:
            logger.warning("a loss of task %s is not counted: %s", self.id, error)

    def revoked(self) -> bool:
        """Celery asks this before it executes a task: whether it is not to be executed."""
        return bool(super().revoked()) or self._is_with_another() or self._was_lost_too_often()

    def _is_with_another(self) -> bool:
        if heartbeat.has(self):
            return False
        logger.warning("task %s is not begun here: its message has gone back to its queue", self.id)
        self._pass_over()
        return True

    def _was_lost_too_often(self) -> bool:
        if not self.delivery_info["redelivered"]:
            return False
        try:
            lost = losses.counted(_client(), self.id)
        except redis.RedisError as error:
            logger.warning("task %s is executed, however often it was lost: %s", self.id, error)
            return False
        too_often = lost >= (settings.max_losses if losses.may_run_again(self.task) else 1)
        if too_often:
            self._give_up(lost)
        return too_often

    def _give_up(self, lost: int) -> None:
        """End the task as Celery ends one whose process died, chords and errbacks and all."""
        lost_ones = f"{lost} executions were lost with their worker" if lost > 1 else "its worker died while it ran"
        error = WorkerLostError(f"It was given up: {lost_ones}")
        logger.error("task %s: %s", self.id, error)
        self.task.backend.mark_as_failure(self.id, error, request=self._context, store_result=self.store_errors)
        of_it = {"args": self.args, "kwargs": self.kwargs, "traceback": None, "einfo": None}
        signals.task_failure.send(sender=self.task, task_id=self.id, exception=error, **of_it)
        self._pass_over()
        losses.forget(_client(), self.id)

    def _pass_over(self) -> None:
        task_ready(self)
        self._already_revoked = True
        self.acknowledge()


def _cause(error: BaseException) -> BaseException:
    return cast(BaseException, error.exc) if isinstance(error, ExceptionWithTraceback) else error

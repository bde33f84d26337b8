"""Celery's result backend on Redis, which waits also while Redis is there but takes no writes."""

from celery.backends.redis import RedisBackend

from worker.refusals import is_passing

BACKENDS = dict.fromkeys(("redis", "rediss"), "worker.result_backend:PatientBackend")
"""For Celery's loader: which class is meant by an address that begins so."""


class PatientBackend(RedisBackend):  # type: ignore[misc]  # Celery is not typed
    """Celery's own gives up where Redis is full: then a task that went well fails, and nobody hears of its end."""

    def exception_safe_to_retry(self, exc: BaseException) -> bool:
        """Whether it is worth another try."""
        return bool(super().exception_safe_to_retry(exc)) or is_passing(exc)

"""The connection to the broker: when it breaks, it is tried again often enough to be back as soon as Redis is."""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection

PAUSES_S = {"interval_start": 0.25, "interval_step": 0.125, "interval_max": 0.25}
"""A quarter to half a second. Celery's are 2, 4 … 32 s, and no setting changes them."""


class QuickConnection(Connection):  # type: ignore[misc]  # kombu is not typed
    """Never pauses for more than half a second between two tries."""

    def _ensure_connection(self, *args: Any, **options: Any) -> Any:
        return super()._ensure_connection(*args, **(PAUSES_S | options))


class QuickAMQP(AMQP):  # type: ignore[misc]  # Celery is not typed
    """Has Celery make such connections."""

    Connection = QuickConnection

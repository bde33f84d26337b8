"""The Celery application, for the worker and for whoever sends it tasks."""

from celery import Celery

import worker.sending  # noqa: F401  # whoever can send a task tells the board of it
from worker.config import settings
from worker.result_backend import BACKENDS

# A line that has gone dead is to be given up soon, so that the new one is there within 2 s after it has been mended.
REDIS_TIMEOUTS = {"socket_timeout": 1.5, "socket_connect_timeout": 1.0, "socket_keepalive": True}

celery_app = Celery(
    "pushboard",
    broker=settings.broker_url,
    backend=settings.result_backend,
    task_cls="worker.progress:ReportingTask",
    amqp="worker.broker_connection:QuickAMQP",
    include=["worker.signals", "worker.withdrawals", "worker.tasks", *settings.task_modules],
    set_as_current=True,
)
celery_app.loader.override_backends = BACKENDS
celery_app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    result_accept_content=["json"],
    result_expires=24 * 3600,
    # A result that cannot be written now is written later: no task fails because Redis is away.
    result_backend_always_retry=True,
    result_backend_max_sleep_between_retries_ms=1_000,
    result_backend_transport_options={"retry_policy": {"timeout": 2.0}},
    redis_socket_timeout=1.0,
    redis_socket_connect_timeout=1.0,
    redis_socket_keepalive=True,
    broker_transport_options=REDIS_TIMEOUTS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # What Redis refuses for now (full, read-only, loading) ends no worker: it connects again.
    broker_channel_error_retry=True,
    worker_concurrency=settings.worker_concurrency,
    worker_prefetch_multiplier=1,
    worker_pool="worker.pool:TaskPool",
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_remote_control=True,
    task_default_queue="celery",
)

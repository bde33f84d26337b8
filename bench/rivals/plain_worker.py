"""Plain Celery whose tasks emit through Flask-SocketIO's message queue: one emit an update, one at the end."""

import os
from typing import Any

from celery import Celery, Task
from flask_socketio import SocketIO


class EmittingTask(Task):  # type: ignore[misc]  # Celery is not typed
    """Tells its room how it ended, with the hooks that Celery gives for that."""

    abstract = True

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """It ended well."""
        tell(task_id, "SUCCESS")

    def on_failure(self, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """It failed."""
        tell(task_id, "FAILURE", note=str(exc))


celery_app = Celery(
    "plain", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"], task_cls=EmittingTask, set_as_current=True
)
celery_app.conf.broker_connection_retry_on_startup = True
socketio = SocketIO(message_queue=os.environ["REDIS_URL"])


def tell(task_id: str, state: str, current: int | None = None, total: int | None = None, note: str = "") -> None:
    """Emit what happened to the task's room."""
    told = {"task_id": task_id, "state": state, "current": current, "total": total, "note": note}
    socketio.emit("progress", told, to=task_id)

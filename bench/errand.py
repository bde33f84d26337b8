"""Sends a task to a real worker, and waits for what it returns."""

import time
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.states import READY_STATES, SUCCESS

from tests.processes import wait_until

LOOK_EVERY_S = 0.2
"""Seldom: what is measured meanwhile is not to be disturbed."""


class Errand:
    """A task that is under way.

    It is looked for in the backend: a result as Celery hands it out subscribes, and when Python gets to clearing it
    away it says goodbye to a Redis that has gone, for twenty seconds.
    """

    def __init__(self, redis_url: str, name: str, args: tuple[object, ...]) -> None:
        """Send it."""
        with Celery(broker=redis_url, set_as_current=False) as sender:
            self.task_id = str(sender.send_task(name, args).id)
        self._backend = Celery(backend=redis_url, set_as_current=False).backend

    def returned(self, timeout_s: float, meanwhile: Callable[[], object] = lambda: time.sleep(LOOK_EVERY_S)) -> Any:
        """What it returns; `meanwhile` is called between looks. Raises AssertionError if it fails or does not end."""
        wait_until(lambda: meanwhile() or self._told()["status"] in READY_STATES, timeout_s, "the task ends")
        told = self._told()
        assert told["status"] == SUCCESS, told["result"]
        return told["result"]

    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = self._backend.get_task_meta(self.task_id)
        return told

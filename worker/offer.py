"""Publishes what this worker's tasks take, at its start, and says every minute that it is there."""

import logging
import threading
from typing import Any

import redis
from celery import signals

from worker.config import settings
from worker.registry import Registry
from worker.signature import describe
from worker.stream import connect

INTERVAL_S = 60.0
AGAIN_S = 2.0
"""After Redis did not answer."""

OF_CELERY = "celery."

logger = logging.getLogger(__name__)


class Offer(threading.Thread):
    """Runs in the worker's main process. The web knows tasks from it, and imports none."""

    def __init__(self, app: Any, hostname: str) -> None:
        """`app`: the Celery application whose tasks these are."""
        super().__init__(name="pushboard-offer", daemon=True)
        self.ended = threading.Event()
        self._app, self._hostname = app, hostname
        self._entries: dict[str, dict[str, Any]] = {}
        self._registry = Registry(connect(settings.redis_url))
        self._published = False

    def run(self) -> None:
        """Publish, and go on saying so until the worker ends."""
        while not self.ended.wait(self._tell()):
            pass

    def _tell(self) -> float:
        """Seconds until the next time."""
        try:
            self._entries = self._entries or entries(self._app, self._hostname)
            if not (self._published and self._registry.refresh(self._entries)):
                self._registry.publish(self._entries)
                self._published = True
            return INTERVAL_S
        except (redis.RedisError, OSError) as error:
            logger.debug("not told what can be run: %s", error)
            return AGAIN_S
        except Exception:
            logger.exception("it could not be told what can be run")
            return INTERVAL_S


def entries(app: Any, hostname: str) -> dict[str, dict[str, Any]]:
    """What is published of each task of this application, Celery's own left out."""
    own = {name: task for name, task in app.tasks.items() if not name.startswith(OF_CELERY)}
    return {name: {**describe(task), **_place(app, task), "worker": hostname} for name, task in own.items()}


def _place(app: Any, task: Any) -> dict[str, Any]:
    return {"queue": _queue(app, task), "listed": bool(getattr(task, "listed", True))}


def _queue(app: Any, task: Any) -> str:
    """Where this application would send the task itself."""
    try:
        queue = getattr(task, "queue", None) or app.amqp.router.route({}, task.name).get("queue")
    except Exception:  # a router of somebody else's
        queue = None
    return str(getattr(queue, "name", queue) or app.conf.task_default_queue)


_offer: Offer | None = None


@signals.worker_ready.connect
def _begin(sender: Any = None, **_: Any) -> None:
    global _offer
    if _offer is None:
        _offer = Offer(sender.app, sender.hostname)
        _offer.start()


@signals.worker_shutdown.connect
def _end(**_: Any) -> None:
    if _offer is not None:
        _offer.ended.set()

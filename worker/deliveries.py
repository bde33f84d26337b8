"""The messages that this worker has taken from the broker: which it still has, and which it lost without an answer.

When the connection to Redis breaks, Celery forgets the messages that wait for their time, and an acknowledgement under
way is only logged as failed. The broker would keep such a message for an hour before it gives it to somebody.
"""

import json
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from weakref import ref

from celery.worker import state as celery_state
from celery.worker.request import Request

logger = logging.getLogger(__name__)

MOST_HELD = 2_000


@dataclass(slots=True)
class Delivery:
    """One message. request: dead when Celery has let go of it. settled: it was acknowledged, or tried to be."""

    task_id: str
    request: "ref[Any]"
    settled: bool = False


_deliveries: dict[str, Delivery] = {}
_lock = threading.Lock()


def take(request: Any) -> None:
    """The worker has taken this request."""
    with _lock:
        _deliveries[str(request.message.delivery_tag)] = Delivery(request.id, ref(request))


def settle(tag: str) -> None:
    """The message was acknowledged, or would have been if Redis had been there."""
    with _lock:
        if tag in _deliveries:
            _deliveries[tag].settled = True


def held() -> list[str]:
    """Delivery tag and [task_id, whether it runs] of each message taken and not yet done, in turn."""
    pairs: list[str] = []
    for tag, delivery in _copy():
        request = delivery.request()
        runs = request is not None and request.worker_pid is not None and request.id in celery_state.requests
        if request is not None and (runs or not delivery.settled):
            pairs += (tag, json.dumps([delivery.task_id, runs]))
    return pairs[: 2 * MOST_HELD]


def let_go() -> dict[str, Delivery]:
    """What Celery no longer has: each is to be looked for at the broker, then forgotten."""
    return {tag: delivery for tag, delivery in _copy() if delivery.request() is None}


def forget(tags: Iterable[str]) -> None:
    """These have been taken care of."""
    with _lock:
        for tag in tags:
            _deliveries.pop(tag, None)


def _copy() -> list[tuple[str, Delivery]]:
    with _lock:
        return list(_deliveries.items())


class ReportingRequest(Request):  # type: ignore[misc]  # Celery is not typed
    """Remembers that it was acknowledged, also if the broker did not hear it."""

    def acknowledge(self) -> None:
        """The broker may forget the message."""
        super().acknowledge()
        settle(str(self.message.delivery_tag))

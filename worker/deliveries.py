"""The messages that this worker has taken from the broker: which it still has, and which it lost without an answer.

When the connection to Redis breaks, Celery forgets the messages that wait for their time, and an acknowledgement under
way is only logged as failed. The broker would keep such a message for an hour before it gives it to somebody.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from celery import signals
from celery.worker import state as celery_state

MOST_HELD = 2_000

UNREAD_S = 30.0
"""A message that was taken and of which Celery has not told for so long was lost on the way through it."""

Stranded = tuple[dict[str, Any], str, str]
"""A message as kombu knows it: itself, its exchange and its routing key."""


@dataclass(slots=True)
class Delivery:
    """One message that was taken.

    owner: as which instance. request: None until Celery has read it, dead when Celery has let go of it. settled: it was
    acknowledged, or tried to be; heard: the broker knows. stranded: it is off its queue, and Redis broke before the
    broker had written it down as taken.
    """

    owner: str = ""
    task_id: str = ""
    request: "ref[Any] | None" = None
    settled: bool = False
    heard: bool = False
    stranded: Stranded | None = None
    taken_at: float = field(default_factory=time.monotonic)
    _answering: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def answer(self, tell: Callable[[], object]) -> None:
        """Tell the broker what becomes of the message, unless it knows.

        Celery answers a little later than it lets go, and the heartbeat answers what nobody did. Of two answers the
        later one would be for whoever has taken the message by then, which may be this worker once more.
        """
        with self._answering:
            if not self.heard:
                tell()
                self.settled = self.heard = True

    @property
    def is_gone(self) -> bool:
        """Celery does not have it any more."""
        if self.request is None:
            return self.heard or bool(self.stranded) or time.monotonic() - self.taken_at > UNREAD_S
        request = self.request()
        return request is None or self._is_forgotten(request)

    def _is_forgotten(self, request: Any) -> bool:
        """It waited for a process when its connection broke: Celery still knows its id, and will not do it."""
        broken = getattr(request.message.channel, "_closing", False)
        known = celery_state.requests.get(request.id) is request and request not in celery_state.reserved_requests
        return bool(broken and known and not self.is_in_hand)

    @property
    def runs(self) -> bool:
        """Its task is being executed."""
        request = self.request() if self.request else None
        return request is not None and request in celery_state.active_requests

    @property
    def is_in_hand(self) -> bool:
        """Its task is done, or is executed, or is on its way to a process of the pool and cannot be called back."""
        return self.settled or self.runs or self._is_on_its_way()

    def _is_on_its_way(self) -> bool:
        request = self.request and self.request()
        result = getattr(request, "_apply_result", None)
        if _pool_does_all:
            return result is not None
        return getattr(result and result(), "_scheduled_for", None) is not None


_deliveries: dict[str, Delivery] = {}
_lock = threading.Lock()
_pool_does_all = False


@signals.worker_ready.connect  # type: ignore[untyped-decorator]  # Celery is not typed
def _know_pool(sender: Any = None, **_: Any) -> None:
    """A pool of threads does all that it was ever given; one of processes is given only what it begins at once."""
    global _pool_does_all
    _pool_does_all = not sender.pool.uses_semaphore


def expect(tag: str, owner: str, stranded: Stranded | None = None) -> None:
    """A message has been taken as `owner`; Celery is to read it."""
    with _lock:
        _deliveries[tag] = Delivery(owner, stranded=stranded)


def take(request: Any) -> None:
    """The worker has read this request."""
    tag = str(request.message.delivery_tag)
    with _lock:
        delivery = _deliveries.setdefault(tag, Delivery())
        delivery.task_id, delivery.request = request.id, ref(request)


def settle(tag: str) -> None:
    """The message was acknowledged, or would have been if Redis had been there."""
    with _lock:
        if tag in _deliveries:
            _deliveries[tag].settled = True


def get(tag: str) -> Delivery:
    """What is known of a message; one that nothing is known of is as good as none."""
    return _deliveries.get(tag) or Delivery()


def knows(tag: str) -> bool:
    """Whether this worker has heard of this message, and has not seen the last of it."""
    return tag in _deliveries


def of(task_id: str) -> list[Delivery]:
    """The messages of this task that Celery has read and still has."""
    return [delivery for _, delivery in _copy() if delivery.task_id == task_id and not delivery.is_gone]


def has_stranded() -> bool:
    """Whether messages wait for Redis to take them back: until then no more are to be taken."""
    return any(delivery.stranded for _, delivery in _copy())


def held(owner: str) -> list[str]:
    """Delivery tag and [task_id, whether it runs, whether it may run again] of each message of `owner`, in turn.

    What runs comes first: of what only waits the broker knows as well, if it is too much for one heartbeat.
    """
    pairs: list[str] = []
    for tag, delivery in sorted(_copy(), key=lambda one: not one[1].runs):
        request = delivery.request() if delivery.request else None
        ours = delivery.owner in ("", owner)  # not what others have had since this worker was taken for dead
        if ours and request is not None and (delivery.runs or not delivery.settled):
            pairs += (tag, json.dumps([delivery.task_id, delivery.runs, getattr(request.task, "run_again", True)]))
    return pairs[: 2 * MOST_HELD]


def running() -> list[Any]:
    """The requests whose tasks are being executed."""
    requests = [delivery.request() for _, delivery in _copy() if delivery.request and delivery.runs]
    return [request for request in requests if request is not None]


def not_begun(owner: str) -> dict[str, Delivery]:
    """The messages of `owner` whose tasks wait here for a free process, or for their time."""
    return {tag: one for tag, one in _copy() if one.owner == owner and one.request and not one.is_in_hand}


def kept() -> list[str]:
    """The delivery tags of all that the broker keeps for this worker."""
    return [tag for tag, delivery in _copy() if not delivery.heard]


def let_go() -> dict[str, Delivery]:
    """What is to be settled with the broker, then forgotten: Celery no longer has it, or the broker did not hear."""
    for tag, delivery in _copy():
        if delivery.heard and delivery.is_gone:
            forget({tag: delivery})
    return {tag: one for tag, one in _copy() if not one.heard and (one.settled or one.is_gone)}


def forget(settled: Mapping[str, Delivery]) -> None:
    """These have been taken care of. A message that has come again meanwhile is another delivery, and stays."""
    with _lock:
        for tag, delivery in settled.items():
            delivery.heard = True
            if delivery.is_gone and _deliveries.get(tag) is delivery:
                del _deliveries[tag]


def _copy() -> list[tuple[str, Delivery]]:
    with _lock:
        return list(_deliveries.items())

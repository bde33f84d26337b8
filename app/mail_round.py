"""Looks round every two seconds: which browsers are here, and whose task has ended while they are away."""

import logging
import time
import uuid
from collections.abc import Callable

import redis
from flask_socketio import SocketIO
from kombu.exceptions import OperationalError

from app.presence import Presence
from app.start import start_task
from worker.tellings import AWAY_S, Tellings

logger = logging.getLogger(__name__)

LOOK_S = 2.0
BREAK_S = 3 * LOOK_S
SETTLE_S = AWAY_S + 2 * LOOK_S
"""After its start, and after Redis was away, a process judges nobody for so long: browsers are still coming back."""

TASK = "mail.tell_of_end"


class MailRound:
    """One for each web process. All of them look, and each mail is claimed by one of them."""

    def __init__(self, socketio: SocketIO, presence: Presence, tellings: Callable[[], Tellings]) -> None:
        """`tellings` is called in the background."""
        self._socketio, self._presence, self._open = socketio, presence, tellings
        self._tellings: Tellings | None = None
        self._looked_at = self._steady_since = float("-inf")

    def start(self) -> None:
        """Look round from now on, in the background."""
        self._socketio.start_background_task(self._run)

    def _run(self) -> None:
        while True:
            self._socketio.sleep(LOOK_S)
            try:
                self._look()
            except (redis.RedisError, OSError, OperationalError) as error:
                logger.debug("who is to be told by e-mail is not known: %s", error)
            except Exception:
                logger.exception("nobody was told by e-mail")

    def _look(self) -> None:
        if self._tellings is None:
            self._tellings = self._open()
        began_at = time.monotonic()
        if began_at - self._looked_at > BREAK_S:
            self._steady_since = began_at
        steady = began_at - self._steady_since >= SETTLE_S
        due = self._tellings.look(self._presence.browsers(), judge=steady)
        self._looked_at = time.monotonic()
        for telling_id in due:
            start_task(TASK, [telling_id], task_id=str(uuid.UUID(telling_id)))
            self._tellings.queued(telling_id)

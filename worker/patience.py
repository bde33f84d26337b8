"""Sends from within a task what cannot be sent while the broker is away: a retry, the next of a chain."""

import logging
import time
from collections.abc import Callable
from typing import Any

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

PAUSE_S = 0.5
PATIENCE_S = 3600.0
"""A broker that is away for longer is not coming back: the task hears of it as it would have at once."""


def send_patiently(send: Callable[[], Any]) -> Any:
    """Call `send` until it is through, and answer what it answers.

    Celery tries for about a second. Then a task that wants to be retried would be rejected and its message dropped, and
    one whose successor cannot be sent would fail. Raises kombu's OperationalError after an hour.
    """
    deadline = time.monotonic() + PATIENCE_S
    told = False
    while True:
        try:
            return send()
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise
            if not told:
                logger.warning("a task cannot be sent on, and waits until the broker is back: %s", error)
            told = True
            time.sleep(PAUSE_S)

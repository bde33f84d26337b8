"""A process of the worker's pool: it outlives a SIGTERM that is not for it, and never its parent."""

import logging
import os
import signal
import threading
import time
from typing import Any

from billiard import current_process
from celery import signals

from worker import programs, stops

logger = logging.getLogger(__name__)

LOOK_S = 0.5
AWAITED = {signal.SIGTERM, stops.SIGNAL}


@signals.worker_process_init.connect
def _begin(**_: Any) -> None:
    parent = current_process()._parent_pid
    if parent is None:
        return  # the solo pool: the worker itself
    if hasattr(signal, "sigwaitinfo"):  # not on macOS: who sent a signal cannot be told there
        usual = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)  # before any thread: those begun later inherit it
        programs.start_with(usual)
        threading.Thread(target=_obey, args=(parent,), name="pushboard-sigterm", daemon=True).start()
    threading.Thread(target=_die_with, args=(parent,), name="pushboard-parent", daemon=True).start()


def _die_with(parent: int) -> None:
    """Another worker is given this one's task when the parent has died; it must not run in two places.

    Celery asks the kernel for that, but only Linux knows how, and a parent that died before it was asked goes unseen.
    """
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)


def _obey(parent: int) -> None:
    """A SIGTERM to the whole process group is the parent's to answer: it waits until this child's task has ended.

    The parent's own SIGTERM is for this child alone: its task is to be stopped, or the worker ends at once.
    """
    while not _is_meant(signal.sigwaitinfo(AWAITED), parent):
        pass
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.kill(os.getpid(), signal.SIGTERM)


def _is_meant(told: Any, parent: int) -> bool:
    """Whether this signal is to end this process; the other one says that a task is asked to stop."""
    if told.si_signo == stops.SIGNAL:
        stops.look()
        return False
    if told.si_pid != parent:
        logger.info("SIGTERM: this process ends when its task has")
    return bool(told.si_pid == parent)

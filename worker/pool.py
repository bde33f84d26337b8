"""The pool of processes: when the connection to the broker breaks, it still knows which are busy; and who died."""

from typing import Any

from celery.concurrency import prefork
from celery.concurrency.asynpool import AsynPool

LOOK_AGAIN_S = 0.2


class RememberingPool(AsynPool):  # type: ignore[misc]  # Celery is not typed
    """Gives no task to a process that has one.

    Celery's own forgets at each break who is busy. Then the next task may wait behind one that runs for an hour, while
    other processes have nothing to do.
    """

    def flush(self) -> None:
        """Forget what no process has accepted: the broker delivers it again."""
        super().flush()
        running = [job for job in self._cache.values() if job._accepted and job._write_to]
        self._busy_workers.update(job._write_to.inqW_fd for job in running)

    def _event_process_exit(self, hub: Any, proc: Any) -> None:
        """Look twice for what has died.

        Celery looks when the process's pipe closes. The kernel may not have let go of the process by then, and Celery's
        next look is up to five seconds later.
        """
        super()._event_process_exit(hub, proc)
        hub.call_later(LOOK_AGAIN_S, self.maintain_pool)


class TaskPool(prefork.TaskPool):  # type: ignore[misc]  # as above
    """Celery's prefork pool with such a memory."""

    Pool = RememberingPool

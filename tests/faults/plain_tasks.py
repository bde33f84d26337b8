"""The matrix's tasks under plain Celery and Flask-SocketIO."""

from typing import Any

from bench.rivals.plain_worker import celery_app, tell
from tests.faults import facts


def _count(self: Any, folder: str, steps: int, pause_s: float) -> dict[str, int]:
    def say(step: int) -> None:
        self.update_state(state="PROGRESS", meta={"current": step, "total": steps, "status": f"step {step}"})
        tell(self.request.id, "PROGRESS", step, steps, f"step {step}")

    return facts.count(folder, self.request.id, steps, pause_s, say)


count = celery_app.task(bind=True, name="matrix.count")(_count)
count_late = celery_app.task(bind=True, name="matrix.count_late", acks_late=True, reject_on_worker_lost=True)(_count)

"""The matrix's tasks under Pushboard: they count, report and write down what happened."""

from typing import Any

from tests.faults import facts
from worker.celery_app import celery_app


def _count(self: Any, folder: str, steps: int, pause_s: float) -> dict[str, int]:
    def tell(step: int) -> None:
        self.update_state(state="PROGRESS", meta={"current": step, "total": steps, "status": f"step {step}"})

    return facts.count(folder, self.request.id, steps, pause_s, tell)


count = celery_app.task(bind=True, name="matrix.count")(_count)
count_late = celery_app.task(bind=True, name="matrix.count_late", acks_late=True, reject_on_worker_lost=True)(_count)

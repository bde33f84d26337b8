"""`python -m bench.rivals.status_web`: Flask as tutorials have it: a page asks for the state of its task."""

import os
from typing import Any

from celery import Celery
from celery.result import AsyncResult
from flask import Flask

app = Flask(__name__)
celery_app = Celery("status", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@app.get("/status/<task_id>")
def status(task_id: str) -> dict[str, Any]:
    """How far a task is."""
    task = AsyncResult(task_id, app=celery_app)
    return {"state": task.state, **(task.info or {})}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)

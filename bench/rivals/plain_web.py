"""`python -m bench.rivals.plain_web`: plain Flask-SocketIO with a Redis message queue, on eventlet."""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet

eventlet.monkey_patch()

import os

from flask import Flask
from flask_socketio import SocketIO, join_room

app = Flask(__name__)
socketio = SocketIO(
    app,
    message_queue=os.environ["REDIS_URL"],
    async_mode="eventlet",
    cors_allowed_origins="*",
    ping_interval=float(os.environ.get("PING_EVERY_S", "25")),  # 25 is python-engineio's own
)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@socketio.on("join")
def join(task_id: str) -> None:
    """From here on this client is told of the task."""
    join_room(task_id)


@socketio.on("watch")
def watch(task_ids: list[str]) -> None:
    """From here on this client is told of all these tasks."""
    for task_id in task_ids:
        join_room(task_id)


if __name__ == "__main__":
    # max_size: of itself eventlet serves 1,024 connections, and lets the next one wait for ever.
    socketio.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_output=False, max_size=5_000)

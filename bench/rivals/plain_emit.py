"""Emits updates through Flask-SocketIO's message queue: `python -m bench.rivals.plain_emit TASKS A_SECOND COUNT`."""

import os
import sys
import time

from flask_socketio import SocketIO


def main(tasks: int, a_second: float, count: int) -> None:
    """One emit an update; 0 a second: as fast as it goes."""
    socketio = SocketIO(message_queue=os.environ["REDIS_URL"])
    began = time.monotonic()
    for number in range(count):
        if a_second:
            time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        told = {"task_id": f"busy-{number % tasks}", "state": "PROGRESS", "current": number, "total": None}
        socketio.emit("progress", told | {"note": f"@{number % tasks}@{time.monotonic():.6f}"}, to="board")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))

"""`python -m app`: patch, build, serve."""

import warnings

from app.config import async_mode

if async_mode() == "eventlet":
    # eventlet says at import that it is being retired; it is chosen here all the same, and ASYNC_MODE leads out of it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

import gc
import logging
import os
import resource
import signal
import sys
from types import FrameType

from flask import Flask

from app.extensions import relay, socketio
from app.factory import create_app
from worker.errors import SettingError
from worker.log_lines import LineFormatter

logger = logging.getLogger("app")

LOOK_S = 0.1
GOODBYE_S = 0.5
MOST_FILES, KEPT_FILES = 65_536, 64


def _log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.captureWarnings(True)


def _most_connections() -> int:
    """How many are served at once; more wait. Each may need a file descriptor and one more to Redis.

    A listener that finds none left ends, so it must not come to that.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, MOST_FILES) if hard != resource.RLIM_INFINITY else MOST_FILES
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max((most - KEPT_FILES) // 2, 1)


def _build() -> Flask:
    try:
        return create_app()
    except SettingError as error:
        sys.exit(str(error))


class Serving:
    """Serves until it is told to stop; then clients are told, so that they try again elsewhere, and it ends with 0."""

    def __init__(self, app: Flask) -> None:
        """`app` as create_app made it."""
        self.app = app
        self.stopping = False

    def run(self) -> None:
        """Serve. Exits the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        relay.start()
        socketio.start_background_task(self._serve)
        gc.collect()
        gc.freeze()  # what is here now stays: the collector would only look at it again and again
        while not self.stopping:
            socketio.sleep(LOOK_S)
        logger.info("stopping: clients are told to go elsewhere")
        for socket in list(socketio.server.eio.sockets.values()):
            socket.close(wait=False, abort=True)  # no goodbye: a client takes it for a drop, and connects again
        socketio.sleep(GOODBYE_S)
        logging.shutdown()
        os._exit(0)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _serve(self) -> None:
        host, port = self.app.config["HOST"], self.app.config["PORT"]
        logger.info("serving http://%s:%s", host, port)
        options = {"max_size": _most_connections()} if socketio.async_mode == "eventlet" else {}
        try:
            socketio.run(self.app, host=host, port=port, log_output=False, allow_unsafe_werkzeug=True, **options)
        except OSError as error:
            logger.error("cannot listen on %s port %s: %s", host, port, error)
            os._exit(1)


if __name__ == "__main__":
    _log_to_stdout()
    Serving(_build()).run()

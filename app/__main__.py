"""`python -m app`: patch, build, serve."""

import sys
import warnings
from types import TracebackType

from app.config import async_mode
from worker.errors import SettingError


def _tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A setting that cannot be used is told in its one sentence, wherever it is read."""
    if isinstance(error, SettingError):
        sys.stderr.write(f"{error}\n")
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell_uncaught

if async_mode() == "eventlet":
    # eventlet says at import that it is being retired; it is chosen here all the same, and ASYNC_MODE leads out of it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

    from app import eventlet_server

import logging
import os
import resource
import signal
from collections.abc import Callable
from types import FrameType

from flask import Flask

from app.alarm_round import AlarmRound
from app.collector import Collector
from app.endings import Endings
from app.extensions import ANSWER_TIMEOUT_S, lines_room, log, pictures, presence, relay, socketio
from app.factory import create_app
from app.mail_round import MailRound
from worker.alarms import Letters
from worker.config import settings
from worker.log_lines import LineFormatter
from worker.stream import connect
from worker.tellings import Tellings

logger = logging.getLogger("app")

LOOK_S = 0.1
GOODBYE_S = 0.5
MOST_FILES, KEPT_FILES = 65_536, 128
"""File descriptors; the kept ones are for Redis, the listener and the modules."""


def _log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.captureWarnings(True)


def _most_connections(wanted: int) -> int:
    """As many as wanted, if there are file descriptors for them: a listener that finds none left ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, MOST_FILES) if hard != resource.RLIM_INFINITY else MOST_FILES
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(min(wanted, most - KEPT_FILES), 1)


class Serving:
    """Serves until it is told to stop; then nobody new is let in, clients are told to go elsewhere, it ends with 0."""

    def __init__(self, app: Flask) -> None:
        """`app` as create_app made it."""
        self.app = app
        self.stopping = False
        self.refuse: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Serve. Exits the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        relay.start()
        for picture in pictures.values():
            picture.start()
        lines_room.start()
        MailRound(socketio, presence, lambda: Tellings(connect(settings.redis_url, ANSWER_TIMEOUT_S))).start()
        config = self.app.config
        letters = Letters(config["ALERT_EMAILS"], config["ALERT_MAILS_AN_HOUR"], config["PUBLIC_URL"])
        AlarmRound(socketio, Endings(relay, log), letters, config["ALERT_QUEUE_SECONDS"]).start()
        socketio.start_background_task(self._serve)
        collector = Collector(lambda: len(socketio.server.eio.sockets), socketio.sleep)
        socketio.start_background_task(collector.run)
        while not self.stopping:
            socketio.sleep(LOOK_S)
        logger.info("stopping: clients are told to go elsewhere")
        self.refuse()  # or they would come back to this very process
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
        try:
            if socketio.async_mode == "eventlet":
                listener = eventlet_server.Listener(host, port)
                self.refuse = listener.refuse
                eventlet_server.serve(self.app, listener, _most_connections(self.app.config["MOST_CONNECTIONS"]))
            else:
                socketio.run(self.app, host=host, port=port, allow_unsafe_werkzeug=True)
        except OSError as error:
            logger.error("cannot listen on %s port %s: %s", host, port, error)
            os._exit(1)


if __name__ == "__main__":
    _log_to_stdout()
    Serving(create_app()).run()

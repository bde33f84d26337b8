"""What is kept of the request with which a client came, for as long as it stays."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import socketio

NAMES = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_COOKIE",
    "wsgi.url_scheme",
    "wsgi.errors",
    "flask.app",
)
"""Of the environment that a request has: the rest is a dozen kilobytes for each client."""

REQUEST = "werkzeug.request"


class Kept(dict[str, Any]):
    """An environment for the requests that Flask-SocketIO makes of a client's events; it does not hold on to them."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        """`environ`: all of the client's request."""
        super().__init__({name: _shared(environ[name]) for name in NAMES if name in environ})

    def __setitem__(self, name: str, value: Any) -> None:
        if name != REQUEST:
            super().__setitem__(name, value)


def _shared(value: Any) -> Any:
    return sys.intern(value) if type(value) is str and len(value) < 64 else value


def keep_little(server: socketio.Server) -> None:
    """Let this server keep that of each request that a client comes with."""
    connect: Callable[..., Any] = server.eio.handlers["connect"]
    server.eio.on("connect", lambda eio_sid, environ: connect(eio_sid, Kept(environ)))

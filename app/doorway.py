"""The way in for Socket.IO over HTTP: what is too many, too large or too odd is refused here."""

import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

import socketio

from app.complaints import complaints
from app.guard import StartResponse, WsgiApp
from app.packets import MOST_MESSAGE_BYTES, Refused, check

PATH = "/socket.io/"
MOST_PACKETS = 16
SEPARATOR = "\x1e"

FULL = "503 Service Unavailable", "As many browsers are connected here as this server takes. Try again in a minute."
TOO_LARGE = "413 Content Too Large", "What was sent is larger than this server takes."
BAD = "400 Bad Request", "That could not be used."


class Doorway:
    """Refuses, or lets in."""

    def __init__(self, wsgi_app: WsgiApp, server: socketio.Server, most: int) -> None:
        """`most`: how many clients may be connected at once."""
        self._wsgi_app, self._server, self._most = wsgi_app, server, most

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or say 400, 413 or 503."""
        if environ.get("PATH_INFO", "").startswith(PATH):
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # deflate costs a quarter of a megabyte for each client
            refusal = self._refusal(environ)
            if refusal:
                return _say(start_response, *refusal)
        return self._wsgi_app(environ, start_response)

    def _refusal(self, environ: dict[str, Any]) -> tuple[str, str] | None:
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        if "j" in asked:  # JSONP: scripts of any other site could read the answer
            return BAD
        if environ["REQUEST_METHOD"] == "POST":
            return self._refusal_of_post(environ, asked.get("sid", [""])[0])
        if "sid" not in asked and len(self._server.eio.sockets) >= self._most:
            complaints.add("refused a client: %d are connected", self._most)
            return FULL
        return None

    def _refusal_of_post(self, environ: dict[str, Any], eio_sid: str) -> tuple[str, str] | None:
        """Reads the body if it is short enough, and puts it back."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > 9:
            return BAD
        if int(length) > MOST_MESSAGE_BYTES:
            return TOO_LARGE
        if eio_sid not in self._server.eio.sockets:
            return BAD
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            _check(body)
        except ValueError as error:
            complaints.add("refused a message over HTTP: it has %s", error)
            return BAD
        return None


def _check(body: bytes) -> None:
    """Raises ValueError."""
    packets = body.decode().split(SEPARATOR)
    if len(packets) > MOST_PACKETS:
        raise Refused("too many packets")
    for packet in packets:
        check(packet)


def _say(start_response: StartResponse, status: str, text: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")])
    return [f"{text}\n".encode()]

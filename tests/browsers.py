"""What a page of the browser tests asked for, heard and complained about."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page, Request, WebSocket


@dataclass
class Recording:
    """Everything one page did. A console error that no `allow` expects fails the test at its end."""

    requests: list[str] = field(default_factory=list)  # "GET /path?query", in order
    sockets: list[str] = field(default_factory=list)  # addresses of the web sockets it opened
    sent: list[str] = field(default_factory=list)  # web socket frames
    received: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *patterns: str) -> None:
        """Expect console errors that match, such as `ERR_CONNECTION_REFUSED` while the server is away."""
        self.allowed.extend(patterns)

    def unexpected_errors(self) -> list[str]:
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.allowed)]


def record(page: Page) -> Recording:
    """Start to record this page."""
    recording = Recording()

    def hear_request(request: Request) -> None:
        path = re.sub(r"^\w+://[^/]+", "", request.url)
        recording.requests.append(f"{request.method} {path}")

    def hear_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            recording.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def hear_error(error: Error) -> None:
        recording.errors.append(f"uncaught: {error.stack or error.message}")

    def hear_socket(socket: WebSocket) -> None:
        recording.sockets.append(socket.url)
        socket.on("framesent", lambda payload: recording.sent.append(_text(payload)))
        socket.on("framereceived", lambda payload: recording.received.append(_text(payload)))

    page.on("request", hear_request)
    page.on("console", hear_console)
    page.on("pageerror", hear_error)
    page.on("websocket", hear_socket)
    return recording


def _text(payload: str | bytes) -> str:
    return payload.decode(errors="replace") if isinstance(payload, bytes) else payload

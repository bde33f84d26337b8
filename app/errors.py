"""What goes wrong, and what a person or a program is told of it.

PushboardError
├── BadRequest    400  what was sent cannot be used
│   └── BadFields      some of its fields cannot, each with a reason
├── Forbidden     403  it comes from where it may not come from
├── NotFound      404  there is no such thing, or it has expired
├── Conflict      409  it was too late for that, or too early
├── TooLarge      413  it is longer than it may be
├── TooOften      429  more was asked for than one may
└── Unavailable   503  Redis does not answer; worth another try
"""

import logging
from typing import Any

import redis
from flask import Flask, jsonify, render_template, request
from kombu.exceptions import OperationalError
from werkzeug.exceptions import HTTPException

logger = logging.getLogger(__name__)

Answer = tuple[Any, int]


class PushboardError(Exception):
    """An error with a stable `code` for programs and a `message` in plain words for people."""

    status = 500
    code = "error"
    title = "Something went wrong"

    def __init__(self, message: str, code: str = "") -> None:
        """`code` makes it more precise than the class does."""
        super().__init__(message)
        self.message = message
        self.code = code or self.code

    def as_json(self) -> dict[str, dict[str, Any]]:
        """What a program is told."""
        return {"error": {"code": self.code, "message": self.message}}


class BadRequest(PushboardError):
    """What was sent cannot be used."""

    status, code, title = 400, "bad_request", "That could not be used"


class BadFields(BadRequest):
    """Some fields of what was sent cannot be used."""

    code = "bad_fields"

    def __init__(self, fields: dict[str, str]) -> None:
        """`fields`: what is wrong, by the name of the field."""
        what = "One field needs" if len(fields) == 1 else f"{len(fields)} fields need"
        super().__init__(f"Nothing was started. {what} a change: {', '.join(list(fields)[:10])}.")
        self.fields = fields

    def as_json(self) -> dict[str, dict[str, Any]]:
        """With the fields."""
        return {"error": super().as_json()["error"] | {"fields": self.fields}}


class Forbidden(PushboardError):
    """It comes from where it may not come from."""

    status, code, title = 403, "forbidden", "Not from there"


class NotFound(PushboardError):
    """There is no such thing, or it has expired."""

    status, code, title = 404, "not_found", "Not found"


class Conflict(PushboardError):
    """It was too late for that, or too early."""

    status, code, title = 409, "conflict", "That is not possible now"


class TooLarge(PushboardError):
    """It is longer than it may be."""

    status, code, title = 413, "too_large", "Too large"


class TooOften(PushboardError):
    """More was asked for than one may."""

    status, code, title = 429, "too_often", "Too often"


class Unavailable(PushboardError):
    """Redis does not answer."""

    status, code, title = 503, "unavailable", "Not available just now"

    def __init__(
        self, message: str = "Redis does not answer, so nothing was started or read. Try again in a moment."
    ) -> None:
        """The usual message suits most cases."""
        super().__init__(message)


def register(app: Flask) -> None:
    """Let every error end in an answer."""
    app.register_error_handler(PushboardError, _tell)
    app.register_error_handler(HTTPException, _tell_http)
    app.register_error_handler(redis.RedisError, _tell_unavailable)
    app.register_error_handler(OperationalError, _tell_unavailable)
    app.register_error_handler(Exception, _tell_unexpected)


def _tell(error: PushboardError) -> Answer:
    if wants_json():
        return jsonify(error.as_json()), error.status
    shown = {"status": error.status, "title": error.title, "message": error.message}
    return render_template("errors/error.html", error=shown), error.status


def wants_json() -> bool:
    """Whether a program asks, or a person's browser."""
    programs = request.path.startswith(("/api/", "/status/", "/longtask", "/healthz", "/readyz"))
    return programs or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _tell_http(error: HTTPException) -> Answer:
    told = PushboardError(error.description or error.name, error.name.lower().replace(" ", "_"))
    told.status, told.title = error.code or 500, error.name
    if told.status == 404:
        told.title, told.message = NotFound.title, "There is nothing at this address. It may be mistyped."
    if told.status == 413:
        told.message = "What was sent is larger than this page takes."
    return _tell(told)


def _tell_unavailable(error: Exception) -> Answer:
    logger.warning("Redis: %s", error)
    return _tell(Unavailable())


def _tell_unexpected(error: Exception) -> Answer:
    logger.exception("%s %s failed", request.method, request.path)
    return _tell(PushboardError("This is a fault of the server's. Its log says more."))

"""A message from the broker, looked at before Celery gets it: what is wrong with it is found here, and not half-way."""

from collections.abc import Collection
from typing import Any

from celery import current_app
from kombu.serialization import prepare_accept_content
from kombu.transport import virtual

from worker import values

TAG_LENGTH = 255
ENCODINGS = (None, "utf-8", "base64")


class Unfit(Exception):
    """What is wrong with a message, in words."""


class Message(virtual.Message):  # type: ignore[misc]  # kombu is not typed
    """One that is fit for Celery; else it raises Unfit, or what its decoding raises."""

    def __init__(self, payload: Any, channel: Any = None, **options: Any) -> None:
        accept = prepare_accept_content(current_app.conf.accept_content)
        check(payload, accept)
        super().__init__(payload, channel=channel, **options)
        if self.errors:
            raise self.errors[0][1]
        self.accept = accept
        check_task(self.headers, self.decode())


def check(raw: Any, accept: Collection[str]) -> None:
    """Raise Unfit if this is no message of kombu's; `accept`: the content types that may be read."""
    _demand(isinstance(raw, dict), "it is no JSON object")
    properties, headers = raw.get("properties"), raw.get("headers")
    _demand(isinstance(headers, dict), "it has no headers")
    _demand(isinstance(properties, dict), "it has no properties")
    _demand(_is_text(properties.get("delivery_tag"), TAG_LENGTH), "it has no delivery tag")
    whence = properties.get("delivery_info")
    _demand(isinstance(whence, dict), "it does not say where it was sent to")
    _demand(all(isinstance(whence.get(name), str) for name in ("exchange", "routing_key")), "it was sent to nowhere")
    _demand(isinstance(raw.get("body"), str), "its body is no text")
    _demand(properties.get("body_encoding") in ENCODINGS, "its body is encoded in an unknown way")
    _demand(raw.get("content-type") in accept, f"its content type {values.text(raw.get('content-type'))} is refused")


def check_task(headers: dict[str, Any], body: Any) -> None:
    """Raise Unfit if this is meant to be a task and cannot be one, in either form of Celery's messages."""
    if "task" in headers and isinstance(body, list):
        _demand(len(body) == 3, "its body is not arguments, keyword arguments and options")
        args, kwargs, embedded = body
        _demand(embedded is None or isinstance(embedded, dict), "its options are no mapping")
        fields = headers
    elif isinstance(body, dict) and ("task" in body or "task" in headers):
        args, kwargs, fields = body.get("args", []), body.get("kwargs", {}), body | headers
    else:
        return _demand("task" not in headers, "its body is neither a list nor a mapping")
    _demand(isinstance(args, list), "its args are not a list")
    _demand(isinstance(kwargs, dict), "its kwargs are no mapping")
    _demand(isinstance(fields.get("task"), str), "the name of its task is no text")
    _demand(isinstance(fields.get("id"), str) and bool(fields["id"]), "its id is no text")
    return _demand(_are_limits(fields.get("timelimit")), "its time limits are not two numbers")


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unfit(otherwise)


def _is_text(value: Any, length: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= length


def _are_limits(value: Any) -> bool:
    is_pair = isinstance(value, list) and len(value) == 2
    return value is None or (is_pair and all(one is None or type(one) in (int, float) for one in value))

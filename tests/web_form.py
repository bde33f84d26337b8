"""Sends forms to a web process as a browser does."""

import http.client
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What the web answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """The text without HTML's escapes."""
        return unescape(self.text)


def ask(
    url: str, path: str, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """One request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read().decode())
    finally:
        connection.close()


def post_form(
    url: str, path: str, fields: Mapping[str, str | bytes], files: Mapping[str, bytes] | None = None
) -> Answer:
    """POST multipart/form-data."""
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name}"', value) for name, value in fields.items()]
    parts += [_part(boundary, f'name="{name}"; filename="list.csv"', value) for name, value in (files or {}).items()]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return ask(url, path, "POST", body, {"Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": url})


def _part(boundary: str, name: str, value: str | bytes) -> bytes:
    content = value if isinstance(value, bytes) else value.encode()
    return f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content + b"\r\n"

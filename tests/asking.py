"""Asks a web process over HTTP, as a program would."""

import http.client
from urllib.parse import urlsplit

from tests.processes import Service

Answer = tuple[int, dict[str, str], str]


def ask(web: Service, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(web.url).port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.headers), text

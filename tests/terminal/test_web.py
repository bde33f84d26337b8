"""Who answers at the address: a Pushboard, another program, or nobody; and who may ask."""

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from launcher import ports
from tests.processes import Service
from tests.terminal.lives import begin
from worker.stream import Log


class Foreign(http.server.BaseHTTPRequestHandler):
    """Something that is no Pushboard."""

    status, body = 200, b"<h1>It works!</h1>"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def foreign() -> Iterator[Callable[[int, bytes], str]]:
    """`foreign(200, b"…")`: the address of a server that answers everything with that."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(status: int, body: bytes) -> str:
        answering = type("Answering", (Foreign,), {"status": status, "body": body})
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<h1>It works!</h1>", "what answers there is none"),
        (404, b"<h1>Not here</h1>", "it answers 404)"),
        (502, b"bad \x1b[2Jgateway\x07", "it answers 502: bad gateway␇)"),
    ],
)
def test_what_is_no_pushboard_is_told_apart(
    foreign: Callable[[int, bytes], str], run: Any, status: int, body: bytes, said: str
) -> None:
    listed = run(foreign(status, body), "tasks")
    assert listed.wait() == 4
    assert said in listed.said


def test_one_that_takes_no_websocket_is_told_apart(foreign: Callable[[int, bytes], str], run: Any) -> None:
    watched = run(foreign(200, b"{}"), "watch", "t1")
    assert watched.wait() == 4
    assert "Handshake status 200" in watched.said


def test_a_name_that_the_web_does_not_go_by_is_refused(web: Service, run: Any) -> None:
    listed = run(web.url.replace("127.0.0.1", "127.1"), "tasks")
    assert listed.wait() == 4
    assert "it answers 400: This site does not go by that name." in listed.said


def test_it_may_watch_where_only_pages_of_another_origin_may(
    start_web: Callable[..., Service], log: Log, run: Any
) -> None:
    port = str(ports.free_port())
    web = start_web(PORT=port, TRUSTED_ORIGINS=f"https://127.0.0.1:{port}")  # to it pages without TLS are foreign
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")


def test_what_stands_between_this_machine_and_others_is_not_asked(
    web: Service, log: Log, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")


def test_an_address_that_is_none_is_refused(run: Any) -> None:
    listed = run("file:///etc/passwd", "tasks")
    assert listed.wait() == 2
    assert "it must begin with http:// or https://" in listed.said

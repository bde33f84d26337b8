"""The web outlives however its clients' connections end, and leaves nothing of them behind."""

import contextlib
import json

import websocket

from tests.asking import ask
from tests.processes import Service, answers_healthz

POLLING = "/socket.io/?EIO=4&transport=polling"
AFTERWARDS = 40
"""Connections that come at once after some have gone: they get the numbers of those."""


def _connect(web: Service, sid: str = "") -> websocket.WebSocket:
    asked = f"&sid={sid}" if sid else ""
    return websocket.create_connection(
        f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket{asked}", timeout=5
    )


def _session(web: Service) -> str:
    return str(json.loads(ask(web, POLLING)[2][1:])["sid"])


def test_a_client_that_moves_twice_at_once_loses_its_connection_and_nobody_else(web: Service) -> None:
    sid = _session(web)
    with contextlib.ExitStack() as stack:
        twice = [stack.enter_context(contextlib.closing(_connect(web, sid))) for _ in range(2)]
        for moving in twice:
            moving.send("2probe")
        assert [moving.recv() for moving in twice] == ["3probe"] * 2, "void: it cannot move twice"
        for moving in twice:
            moving.send("5")
        with contextlib.suppress(websocket.WebSocketConnectionClosedException):
            while twice[0].recv():
                pass
        for _ in range(AFTERWARDS):
            assert str(stack.enter_context(contextlib.closing(_connect(web))).recv()).startswith("0{")
        assert web.returncode is None, web.log()
        assert answers_healthz(web.url)

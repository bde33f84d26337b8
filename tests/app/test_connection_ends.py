"""The web outlives however its clients' connections end, and leaves nothing of them behind."""

import contextlib
import json
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import socketio
import websocket
from engineio.packet import NOOP, Packet
from engineio.socket import Socket

from app import shortcut
from app.wire import Turns, Wire
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


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Says one packet twice."""
    said = iter(('42["hello"]', '42["hello"]', None))
    here, there = socket.socketpair()
    with here, there:
        yield Wire(SimpleNamespace(socket=here, wait=lambda: next(said)), lambda _: None, Turns(0, lambda _: None))


@pytest.mark.parametrize(("let_go_of", "heard"), [(False, 2), (True, 0)])
def test_who_has_been_let_go_of_is_heard_no_more(wire: Wire, let_go_of: bool, heard: int) -> None:
    """It may be so slow that it is told all that waits for it long after."""
    told: list[str] = []
    server = socketio.Server(async_mode="threading")
    server.eio.on("message", lambda _, text: told.append(text))
    client = Socket(server.eio, "e1")
    client.closed = let_go_of
    shortcut._listen(client, wire)
    assert told == ['2["hello"]'] * heard


def _server(count: int) -> tuple[socketio.Server, list[Socket], list[str]]:
    """With so many clients, all of them in the room `board`."""
    server = socketio.Server(async_mode="threading")
    clients = [Socket(server.eio, f"e{number}") for number in range(count)]
    server.eio.sockets.update({client.sid: client for client in clients})
    sids = [server.manager.connect(client.sid, "/") for client in clients]
    for sid in sids:
        server.manager.enter_room(sid, "/", "board")
    return server, clients, sids


def test_a_fault_with_one_client_keeps_nobody_else_from_being_told() -> None:
    server, clients, sids = _server(3)
    clients[1].queue.put(Packet(NOOP))  # whoever has drained is not asked about

    def skips(sid: str) -> bool:
        raise ValueError(f"void: {sid} is another" if sid != sids[1] else "a fault")

    shortcut._tell(server, "frame", {}, "board", skips)
    assert [client.queue.qsize() for client in (clients[0], clients[2])] == [1, 1]
    assert [client.closed for client in clients] == [False, True, False]


def test_who_leaves_in_a_pause_is_told_no_more_and_the_others_once() -> None:
    server, clients, sids = _server(shortcut.BATCH + 1)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        server.manager.basic_leave_room(sids[-1], "/", "board")

    server.eio.sleep = pause
    shortcut._tell(server, "frame", {}, "board", lambda _: False)
    assert pauses, "void: there was no pause"
    assert [client.queue.qsize() for client in clients] == [1] * shortcut.BATCH + [0]

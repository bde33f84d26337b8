"""Clients are asked whether they are still there, by one task for all of them."""

import threading
from collections.abc import Callable

import pytest
import socketio
from engineio.packet import PING, PONG, Packet
from engineio.socket import Socket

from app.pings import Pings
from tests.processes import wait_until

INTERVAL_S, TIMEOUT_S = 0.05, 0.2
CLIENTS = 50


@pytest.fixture
def server() -> socketio.Server:
    return socketio.Server(async_mode="threading", ping_interval=INTERVAL_S, ping_timeout=TIMEOUT_S)


@pytest.fixture
def pings(server: socketio.Server) -> Pings:
    return Pings(server)


def _clients(server: socketio.Server) -> list[Socket]:
    sockets = [Socket(server.eio, f"e{number}") for number in range(CLIENTS)]
    server.eio.sockets.update({socket.sid: socket for socket in sockets})
    for socket in sockets:
        socket.connected = True
        socket.schedule_ping()
    return sockets


def _asked(socket: Socket) -> int:
    return sum(packet is not None and packet.packet_type == PING for packet in socket.queue.queue)


def _looking(pings: Pings, condition: Callable[[], bool]) -> Callable[[], bool]:
    def look() -> bool:
        pings.look()
        return condition()

    return look


def test_each_client_is_asked_again_and_again_with_no_task_of_its_own(server: socketio.Server, pings: Pings) -> None:
    tasks = threading.active_count()
    sockets = _clients(server)
    for times in range(1, 4):
        assert threading.active_count() == tasks
        asked_so_often = _looking(pings, lambda: all(_asked(socket) == times for socket in sockets))  # noqa: B023
        wait_until(asked_so_often, 5, "all are asked")
        for socket in sockets:
            socket.receive(Packet(PONG))
    assert len(server.eio.sockets) == CLIENTS


def test_who_does_not_answer_is_let_go_of_and_the_others_stay(server: socketio.Server, pings: Pings) -> None:
    sockets = _clients(server)
    silent, here = sockets[::2], sockets[1::2]

    def only_the_others_are_here() -> bool:
        for socket in here:
            if socket.last_ping:
                socket.receive(Packet(PONG))
        return list(server.eio.sockets.values()) == here

    wait_until(_looking(pings, only_the_others_are_here), 5, "the silent ones are gone")
    assert all(socket.closed for socket in silent)
    assert not any(socket.closed for socket in here)


def test_a_client_that_has_gone_is_asked_nothing(server: socketio.Server, pings: Pings) -> None:
    sockets = _clients(server)
    sockets[0].close(wait=False, abort=True)
    wait_until(_looking(pings, lambda: _asked(sockets[-1]) == 1), 5, "the others are asked")
    assert _asked(sockets[0]) == 0
    assert sockets[0].sid not in server.eio.sockets

"""What it costs to tell many clients one thing, beside what the system's own send costs."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import socketio
from engineio.socket import Socket

from app import shortcut
from app.outgoing import Outgoing
from app.packets import Packet
from app.roster import Roster
from app.wire import Turns, Wire

CLIENTS, ROUNDS = 250, 6
MOST = 2.0
FRAME = {"room": "task:t1", "rows": [{"task_id": "t1", "note": "x" * 150}]}


class Bare(socket.socket):
    """A socket that has itself below it, as eventlet's have a real one."""

    @property
    def fd(self) -> socket.socket:
        return self

    @property
    def socket(self) -> "Bare":
        return self

    @socket.setter
    def socket(self, line: object) -> None:
        """Wire puts a Line here, which nothing of this needs."""


@pytest.fixture
def ends() -> Iterator[list[Bare]]:
    """The server's ends of as many connections; nobody reads, and all that is sent here fits into their buffers."""
    with contextlib.ExitStack() as stack, socket.create_server(("127.0.0.1", 0), backlog=CLIENTS) as listener:
        ends = []
        for _ in range(CLIENTS):
            stack.enter_context(socket.create_connection(listener.getsockname()))
            accepted, _ = listener.accept()
            ends.append(stack.enter_context(Bare(fileno=accepted.detach())))
            ends[-1].setblocking(False)
        yield ends


@pytest.fixture
def server(ends: list[Bare]) -> socketio.Server:
    server = socketio.Server(async_mode="threading", client_manager=Roster(), serializer=Packet)
    for number, end in enumerate(ends):
        client = Socket(server.eio, f"e{number}")
        wire = Wire(end, lambda _: None, Turns(0, lambda _: None))
        client.queue = Outgoing(wire, lambda _: pytest.fail("void: a buffer is full"))
        server.eio.sockets[client.sid] = client
        for room in (None, f"s{number}", "task:t1"):
            server.manager.basic_enter_room(f"s{number}", "/", room, client.sid)
    return server


def _cpu_s(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def test_a_delivery_costs_little_more_than_a_send(server: socketio.Server, ends: list[Bare]) -> None:
    text = server.packet_class(data=["frame", FRAME]).encode().encode()

    def send_to_each() -> None:
        for end in ends:
            end.send(text)

    def tell() -> None:
        shortcut._tell(server, "frame", FRAME, "task:t1", lambda _: False)

    sends, tells = zip(*((_cpu_s(send_to_each), _cpu_s(tell)) for _ in range(ROUNDS)), strict=True)
    assert min(tells) < MOST * min(sends), f"{min(tells) / min(sends):.1f} times as much"

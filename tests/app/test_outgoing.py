"""What goes out to one WebSocket client: in one order, no frame torn, whatever its socket takes."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from engineio.packet import MESSAGE, Packet

from app.outgoing import Outgoing, Ready
from app.wire import Turns, Wire

FRAMES = 5_000
PATIENCE_S = 5.0
CONTROL = b"\x8a\x00"


class Below(socket.socket):
    """A socket as eventlet's are: it waits, and others run meanwhile; the one below it, `fd`, never waits."""

    fd: socket.socket
    meanwhile: Callable[[], None]

    def send(self, *arguments: Any) -> int:
        self.meanwhile()
        return super().send(*arguments)


class Client(threading.Thread):
    """Reads whole frames, a bit at a time, and notes the numbers in them."""

    def __init__(self, end: socket.socket) -> None:
        super().__init__()
        self.end = end
        self._file = end.makefile("rb", buffering=512)
        self.numbers: list[int] = []
        self.controls: list[int] = []
        self.fault = ""

    def run(self) -> None:
        while head := self._file.read(2):
            if head == CONTROL:
                self.controls.append(len(self.numbers))
                continue
            more = {126: 2, 127: 8}.get(head[1], 0)
            text = self._file.read(int.from_bytes(self._file.read(more)) if more else head[1])
            if head[0] != 0x81 or not text.endswith(b"."):
                self.fault = f"torn after {len(self.numbers)} frames: {head!r} {text[:40]!r}"
                break
            self.numbers.append(int(text[1:9]))
        self._file.close()


class Scene:
    """A client, and what puts packets for it."""

    def __init__(self, green: Below, client: Client) -> None:
        self.tasks: list[Callable[[], None]] = []
        self.most_waiting = self.begun = self.put = 0
        self.client, self.below = client, green
        wire = Wire(SimpleNamespace(socket=green, close=lambda: None), self.run_tasks, Turns(0, lambda _: None))
        self.outgoing = Outgoing(wire, self._start)
        green.meanwhile = self.put_some

    def _start(self, task: Callable[[], None]) -> object:
        self.begun += 1
        self.tasks.append(task)
        return self

    def join(self) -> None:
        self.run_tasks()

    def run_tasks(self, _: float = 0) -> None:
        while self.tasks:
            self.tasks.pop()()

    def put_some(self) -> None:
        if random.random() < 0.3:
            self.put_one()

    def put_one(self) -> None:
        if self.put < FRAMES:
            self.put += 1
            size = random.choice((1, 10, 120, 1_000, 30_000 if self.put % 50 == 0 else 10))
            text = f"{self.put:08}{'x' * size}."
            self.outgoing.put(random.choice((Ready(text), Packet(MESSAGE, text))))
            self.most_waiting = max(self.most_waiting, self.outgoing.qsize())


@pytest.fixture
def scene() -> Iterator[Scene]:
    fd, end = socket.socketpair()
    with fd, end, Below(fileno=socket.dup(fd.fileno())) as green:
        green.settimeout(PATIENCE_S)
        fd.setblocking(False)
        fd.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8_192)
        green.fd = fd
        client = Client(end)
        client.start()
        yield Scene(green, client)
        green.shutdown(socket.SHUT_RDWR)
        client.join(PATIENCE_S)


def test_thousands_of_frames_come_whole_and_in_order_however_little_the_socket_takes(scene: Scene) -> None:
    while scene.put < FRAMES:
        scene.put_one()
        if random.random() < 0.1:
            scene.run_tasks()
        if random.random() < 0.01:
            scene.outgoing.send(CONTROL)
    scene.outgoing.put(None)
    scene.outgoing.join()
    scene.client.join(PATIENCE_S)
    assert scene.begun > 10 and scene.most_waiting > 1, "void: the socket took all of it at once"
    assert scene.client.fault == ""
    assert scene.client.numbers == list(range(1, FRAMES + 1))


def test_a_control_frame_does_not_wait_until_packets_cease(scene: Scene) -> None:
    """Nothing is read from a client while it waits, so one that is always a little behind would be taken for dead."""
    while not scene.tasks:
        scene.put_one()
    already = scene.put
    scene.below.meanwhile = scene.put_one
    scene.outgoing.send(CONTROL)
    scene.outgoing.put(None)
    scene.outgoing.join()
    scene.client.join(PATIENCE_S)
    assert scene.client.numbers == list(range(1, FRAMES + 1)), "void: packets ceased"
    assert len(scene.client.controls) == 1
    assert scene.client.controls[0] <= already


def test_after_the_last_packet_nothing_goes_out(scene: Scene) -> None:
    for packet in (Ready("00000001."), None, Ready("00000002.")):
        scene.outgoing.put(packet)
    scene.client.join(PATIENCE_S)
    assert scene.client.numbers == [1]


def test_a_client_that_is_gone_is_written_to_no_more(scene: Scene) -> None:
    """Whoever reads from its socket hears of the end; whoever tells a room is not told of the trouble."""
    scene.outgoing.put(Ready("00000001."))
    scene.client.end.shutdown(socket.SHUT_RDWR)
    for _ in range(3):
        scene.outgoing.put(Ready("00000002."))
    assert (scene.outgoing.qsize(), scene.tasks) == (0, [])

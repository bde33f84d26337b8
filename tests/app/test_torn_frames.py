"""Clients that end in the midst of a frame, theirs or ours, leave nothing behind in the web."""

import contextlib
import os
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import websocket

from tests.news import News, skipped
from tests.processes import Service, wait_until
from worker.stream import Log

EACH = 4
LISTENER = 1
PATIENCE_S = 30.0
LITTLE_KB, MOST_WAITING_KB = 16, 512


def _break_off(client: websocket.WebSocket) -> None:
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _say_goodbye(client: websocket.WebSocket) -> None:
    client.send_close(1_000)


def _begin_a_frame(client: websocket.WebSocket) -> None:
    client.sock.sendall(b"\x81")


def _announce_much(client: websocket.WebSocket) -> None:
    client.sock.sendall(b"\x81\xff" + (2**62).to_bytes(8) + b"mask")


def _ping(client: websocket.WebSocket) -> None:
    for _ in range(20):
        client.ping("x" * 100)


ENDS: list[Callable[[websocket.WebSocket], None]] = [_break_off, _say_goodbye, _begin_a_frame, _announce_much, _ping]


def _clients_that_do_not_read(web: Service, count: int) -> list[websocket.WebSocket]:
    """Of what they are told, their sockets have not taken all: a part of a frame is missing."""
    address = f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket"
    clients = [websocket.create_connection(address, sockopt=[(1, 8, 4_096)], timeout=5) for _ in range(count)]
    for client in clients:
        client.send("40")
        client.send('420["subscribe",{"room":"board"}]')
    wait_until(lambda: skipped(web) > count * 10, PATIENCE_S, "void: they are not behind")
    return clients


def _waiting_kb(web: Service) -> list[int]:
    """Of each socket that the web holds at its own port: how much the system keeps that its client has not taken."""
    held = {os.readlink(file) for file in Path(f"/proc/{web.pid}/fd").iterdir() if file.is_symlink()}
    rows = [line.split() for line in Path(f"/proc/{web.pid}/net/tcp").read_text().splitlines()[1:]]
    ours = [row for row in rows if row[1].endswith(f":{web.port:04X}") and f"socket:[{row[9]}]" in held]
    return [int(row[4].partition(":")[0], 16) // 1_024 for row in ours]


def _open_at(web: Service) -> int:
    return len(_waiting_kb(web))


def test_whoever_ends_in_the_midst_of_a_frame_leaves_nothing_behind(web: Service, log: Log) -> None:
    ends = ENDS * EACH
    with News(log):
        clients = _clients_that_do_not_read(web, len(ends))
        assert _open_at(web) >= LISTENER + len(clients), "void: they are not there"
        for end, client in zip(ends, clients, strict=True):
            with contextlib.suppress(OSError):
                end(client)
            client.shutdown()
        wait_until(lambda: _open_at(web) == LISTENER, PATIENCE_S, "all are closed")
    assert "Traceback" not in web.log()


def test_what_waits_for_a_client_does_not_wait_in_the_system(web: Service, log: Log) -> None:
    """There it would be neither counted nor skipped, and every ping would wait behind it, megabytes long."""
    with News(log):
        clients = _clients_that_do_not_read(web, EACH)
        waiting = [kb for kb in _waiting_kb(web) if kb > LITTLE_KB]
        assert len(waiting) == EACH, "void: nothing waits"
    assert max(waiting) < MOST_WAITING_KB, f"{waiting} KB"
    for client in clients:
        client.shutdown()


def test_a_web_stops_at_once_though_much_waits_for_its_clients(web: Service, log: Log) -> None:
    with News(log):
        clients = _clients_that_do_not_read(web, EACH)
        web.signal(signal.SIGTERM)
        assert web.process.wait(PATIENCE_S) == 0
    assert "Traceback" not in web.log()
    for client in clients:
        client.shutdown()

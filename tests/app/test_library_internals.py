"""What app/ does in place of python-engineio, python-socketio and eventlet rests on how these are inside."""

import ast
import hashlib
from pathlib import Path

import engineio
import pytest
from redis import connection
from redis._parsers import _HiredisParser

LIBRARIES = Path(engineio.__file__).parents[1]

STOOD_IN_FOR = [
    ("app/shortcut.py", "engineio/socket.py", "Socket._websocket_handler", "613e11f7821225c9"),
    ("app/shortcut.py", "engineio/server.py", "Server.send_packet", "877479033668fc7e"),
    ("app/shortcut.py", "socketio/manager.py", "Manager.emit", "2489ccd82098f96d"),
    ("app/shortcut.py", "socketio/base_manager.py", "BaseManager.get_participants", "776a87f004d59458"),
    ("app/outgoing.py", "engineio/socket.py", "Socket.poll", "cebc43071d6d3b76"),
    ("app/outgoing.py", "engineio/socket.py", "Socket.send", "add5df2eafdaeba6"),
    ("app/outgoing.py", "engineio/socket.py", "Socket.close", "45bbdca61c81338d"),
    ("app/outgoing.py", "engineio/packet.py", "Packet.encode", "8b983fb069cbd602"),
    ("app/outgoing.py", "eventlet/websocket.py", "RFC6455WebSocket._pack_message", "ed2ea2efa86ff3f4"),
    ("app/outgoing.py", "eventlet/websocket.py", "RFC6455WebSocket._send", "3b82c61e1415fa2f"),
    ("app/outgoing.py", "eventlet/websocket.py", "RFC6455WebSocket.close", "c84e45fdd121f921"),
    ("app/outgoing.py", "eventlet/greenio/base.py", "GreenSocket._send_loop", "d042502e6898458a"),
    ("app/wire.py", "eventlet/websocket.py", "WebSocketWSGI.__call__", "9504898efb99dbfc"),
    ("app/wire.py", "eventlet/websocket.py", "RFC6455WebSocket._send_closing_frame", "4968166315243566"),
    ("app/eventlet_server.py", "eventlet/wsgi.py", "HttpProtocol.handle_one_request", "90f13099f3b59c73"),
    ("app/eventlet_server.py", "eventlet/wsgi.py", "HttpProtocol.handle_one_response", "bf7d79c2e4126d41"),
    ("app/kept.py", "flask_socketio/__init__.py", "SocketIO._handle_event", "f0947d6f65964bbb"),
    ("app/kept.py", "socketio/server.py", "Server._handle_eio_connect", "5ab2a9f4d0bfeda6"),
    ("app/pings.py", "engineio/socket.py", "Socket.schedule_ping", "ad28edec571600f6"),
    ("app/pings.py", "engineio/socket.py", "Socket._send_ping", "8239008968c03f48"),
    ("app/pings.py", "engineio/socket.py", "Socket.check_ping_timeout", "dc3c2335410ce2d4"),
    ("app/pings.py", "engineio/server.py", "Server._service_task", "7f1e4affbc5ad575"),
]
"""Our file, and what it does in its own way or calls from outside: where, its name, its source's SHA-256."""


def _source(file: str, name: str) -> str:
    text = (LIBRARIES / file).read_text()
    found: ast.AST = ast.parse(text)
    for part in name.split("."):
        found = next((node for node in ast.iter_child_nodes(found) if getattr(node, "name", "") == part), ast.Pass())
    return ast.get_source_segment(text, found) or ""


@pytest.mark.parametrize(("ours", "file", "name", "digest"), STOOD_IN_FOR)
def test_what_ours_stands_in_for_is_as_it_was(ours: str, file: str, name: str, digest: str) -> None:
    now = hashlib.sha256(_source(file, name).encode()).hexdigest()[:16]
    assert now == digest, (
        f"{name} in {file} has changed, and {ours} does what it did. Read what is different, let {ours} do it too,"
        f' run tests/app/test_shortcut.py and tests/faults/test_slow_reader.py, then write "{now}" here.'
    )


def test_what_redis_answers_is_read_in_c() -> None:
    """redis-py goes without hiredis, and says nothing, where it is not installed or too old."""
    assert connection.DefaultParser is _HiredisParser

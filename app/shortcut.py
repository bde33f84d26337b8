"""The short way out under eventlet: a frame is made once, and written straight to each WebSocket."""

import itertools
import logging
from collections.abc import Callable
from types import MethodType
from typing import Any

from engineio import exceptions
from engineio.packet import NOOP, Packet
from engineio.socket import Socket
from flask_socketio import SocketIO
from socketio import Server
from socketio.packet import EVENT

from app.complaints import complaints
from app.outgoing import Outgoing, Ready
from app.packets import PROBE, UPGRADE
from app.wire import Wire

logger = logging.getLogger(__name__)

BATCH = 128
"""Clients of one room or many that are told without a pause; then whoever else waits for the processor has a turn."""

NAMESPACE = "/"
PROBE_ANSWER = "3probe"

_told = itertools.count(1)


def tell(socketio: SocketIO, event: str, data: Any, room: str | None, skips: Callable[[str], bool]) -> None:
    """Send an event to all in a room, None being everybody, but for those whom `skips` names.

    Who polls is told in python-engineio's own way; without eventlet everybody is.
    """
    server = socketio.server
    if server.async_mode == "eventlet":
        _tell(server, event, data, room, skips)
    else:
        skipped = [sid for sid, _ in server.manager.get_participants(NAMESPACE, room) if skips(sid)]
        socketio.emit(event, data, to=room, skip_sid=skipped)


def _tell(server: Server, event: str, data: Any, room: str | None, skips: Callable[[str], bool]) -> None:
    packet = Ready(server.packet_class(EVENT, namespace=NAMESPACE, data=[event, data], binary=False).encode())
    members, sockets = server.manager.rooms.get(NAMESPACE, {}).get(room, {}), server.eio.sockets
    here = members.keys()  # of now, at any time; to ask the bidict itself takes twice as long
    for sid, eio_sid in list(members.items()):
        if next(_told) % BATCH == 0:
            server.eio.sleep(0)
        socket = sockets.get(eio_sid)
        if socket is None or sid not in here:  # it may have gone during a pause
            continue
        try:
            outgoing = socket.queue
            if type(outgoing) is not Outgoing or not outgoing.write(packet.frame):
                _queue(server.eio, sid, socket, packet, skips)
        except Exception:
            logger.exception("a client could not be told; it is let go of, comes again and catches up")
            socket.close(wait=False, abort=True)


def _queue(engine: Any, sid: str, socket: Socket, packet: Ready, skips: Callable[[str], bool]) -> None:
    """Behind what waits for it, or in python-engineio's own way."""
    if socket.queue.qsize() and skips(sid):
        return
    if isinstance(socket.queue, Outgoing):
        socket.queue.put(packet)
    else:
        engine.send_packet(socket.sid, packet)


def serve(handle: MethodType, wire: Wire) -> Any:
    """Serve a WebSocket to its end: as python-engineio's `handle` does, but with no task of its own for writing."""
    socket: Socket = handle.__self__
    if not _fits(wire):
        if socket.server.async_mode == "eventlet":
            complaints.add("served a WebSocket the long way: it is not as eventlet used to make them")
        return handle(wire)
    wire.socket.settimeout(socket.server.ping_interval + socket.server.ping_timeout)
    if socket.connected and not _has_moved(socket, wire):
        wire.close()
        return []
    socket.connected = socket.upgraded = True
    outgoing = _take_over(socket, wire)
    _listen(socket, wire)
    outgoing.put(None)
    outgoing.join()
    wire.socket.through = None  # nothing is left in a circle, which only the garbage collector would find
    socket.close(wait=False, abort=True, reason=socket.server.reason.TRANSPORT_CLOSE)
    socket.server.sockets.pop(socket.sid, None)
    return []


def _fits(wire: Wire) -> bool:
    """Whether frames are the same for all, and the socket takes what it can and never waits."""
    websocket = wire.websocket
    try:
        return (
            type(websocket).__name__ == "RFC6455WebSocket"
            and not websocket.extensions
            and not websocket.client
            and type(wire.socket.green).__name__ == "GreenSocket"
            and wire.socket.fd.gettimeout() == 0
        )
    except AttributeError:
        return False


def _has_moved(socket: Socket, wire: Wire) -> bool:
    """Whether a client that polls has moved to this WebSocket."""
    socket.upgrading = True
    try:
        if wire.wait() != PROBE:
            return False
        wire.send(PROBE_ANSWER)
        socket.queue.put(Packet(NOOP))  # ends the poll that waits
        return wire.wait() == UPGRADE
    finally:
        socket.upgrading = False


def _take_over(socket: Socket, wire: Wire) -> Outgoing:
    """What waits for the client goes out here from now on, in its order."""
    outgoing, waiting = Outgoing(wire, socket.server.start_background_task), socket.queue
    wire.socket.through = outgoing.send
    packets = tuple(waiting.queue)
    waiting.queue.clear()
    waiting.put(None)  # a poll that should not be there ends
    socket.queue = outgoing
    for packet in packets:
        outgoing.put(packet)
    return outgoing


def _listen(socket: Socket, wire: Wire) -> None:
    while (text := wire.wait()) is not None and not socket.closed:  # it may be let go of, and not have drained yet
        try:
            socket.receive(Packet(encoded_packet=text))
        except exceptions.UnknownPacketError:
            continue
        except exceptions.SocketIsClosedError:
            return
        except Exception:
            logger.exception("a message could not be acted on; its connection is closed")
            return

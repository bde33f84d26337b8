"""What a client may say: looked at before python-engineio and python-socketio act on it."""

import binascii
import json
from collections.abc import Callable
from typing import Any

import socketio
from socketio import packet as kinds

from app import ready_json
from app.allowance import Allowance
from app.complaints import complaints

MOST_MESSAGE_BYTES = 64_000
MOST_MESSAGES, MESSAGES_PER_S = 512.0, 200.0
"""Of one connection. What comes on top waits unread, and so does its pong: who goes on like that is taken for dead."""

WAIT_S = 0.05
MOST_WAITING_ANSWERS = 256
"""Packets that wait for a client: one that does not read is not read from. All its rooms need half as many."""

PONG, CLOSE, UPGRADE, PROBE = "3", "1", "5", "2probe"
MESSAGES = ("40", "41", "42")
"""Connect, disconnect, event. Nobody here uses binary events, or asks a client for an acknowledgement."""

RESERVED = frozenset({"connect", "disconnect", "__disconnect_final"})


class Refused(ValueError):
    """A client has sent what none of ours sends; the text says what."""


def check(packet: object, place: int = 0) -> None:
    """Raises Refused for a packet that means nothing here. `place`: it is the n-th on its WebSocket, from 1."""
    if not isinstance(packet, str):
        raise Refused("binary data")
    upgrading = {1: PROBE, 2: UPGRADE}.get(place)
    if packet not in (PONG, CLOSE, upgrading) and not packet.startswith(MESSAGES):
        raise Refused("a packet of an unknown kind")
    if len(packet) > MOST_MESSAGE_BYTES:
        raise Refused("a packet that is too large")


class Packet(kinds.Packet):  # type: ignore[misc]  # python-socketio is not typed
    """A Socket.IO packet. One from a client is an event with a name, or about connecting to the one namespace."""

    json = ready_json

    def decode(self, encoded_packet: str) -> int:
        """Raises ValueError or RecursionError."""
        attachments: int = super().decode(encoded_packet)
        if self.namespace not in (None, "/"):
            raise Refused("a packet for another namespace")
        if self.packet_type == kinds.EVENT and not _is_event(self.data):
            raise Refused("an event without a name")
        return attachments


def _is_event(data: object) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED


class Listening:
    """Hears a client's messages one after the other, no faster than one may speak."""

    def __init__(self, server: socketio.Server) -> None:
        """Takes the place of the server's own way to hear messages."""
        self._eio = server.eio
        self._hear: Callable[[str, Any], None] = self._eio.handlers["message"]
        self._eio.on("message", self.hear)

    def hear(self, eio_sid: str, message: Any) -> None:
        """Act on a message; one that cannot be read closes the connection, with one line in the log."""
        connection = self._eio.sockets[eio_sid]
        self._wait(connection)
        try:
            if not isinstance(message, str) or not message:
                raise Refused("an empty message")
            self._hear(eio_sid, message)
        except (ValueError, RecursionError, binascii.Error, json.JSONDecodeError) as error:
            complaints.add("closed a connection: it sent %s", reason_of(error))
            connection.close(wait=False, abort=True)

    def _wait(self, connection: Any) -> None:
        allowance = connection.session.setdefault("messages", Allowance(MOST_MESSAGES, MESSAGES_PER_S))
        while not connection.closed and (connection.queue.qsize() > MOST_WAITING_ANSWERS or not allowance.spend()):
            self._eio.sleep(WAIT_S)


def reason_of(error: Exception) -> str:
    """What was wrong with what a client sent, in a few words."""
    return str(error) if isinstance(error, Refused) else f"what cannot be read ({type(error).__name__})"

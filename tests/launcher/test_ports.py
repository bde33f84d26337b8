"""Ports that servers are going to listen on."""

import socket

import pytest

from launcher import ports


def test_a_free_port_is_kept_for_the_server_it_was_asked_for() -> None:
    port = ports.free_port()

    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((ports.LOOPBACK, port))
    assert ports.is_free(port)
    with socket.create_server((ports.LOOPBACK, port)):
        assert ports.answers(port)
    assert not ports.answers(port)

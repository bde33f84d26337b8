"""Who watches which room."""

import pytest
from flask import Flask
from flask_socketio import SocketIO

from app.audience import Audience, Gone


class AtTheStart:
    """Somebody who has followed the log to nowhere yet."""

    offset = "0" * 16


def test_who_has_gone_meanwhile_joins_nothing() -> None:
    audience = Audience(SocketIO(Flask("t"), async_mode="threading"), AtTheStart())
    with pytest.raises(Gone):
        audience.join("board", "gone")
    assert audience.feeds == {} and audience._rooms == {}

"""The manager of clients and rooms: as python-socketio's own, but for the time it takes to let go."""

import hashlib
import inspect
import time
from collections.abc import Callable

import pytest
from socketio import Manager
from socketio.base_manager import BaseManager

from app.roster import Roster

SOURCE_OF_DISCONNECT = "2933b50bc4b2ea7b"
"""What Roster does in its own way, by the SHA-256 of its source. If it differs: read what changed, and adapt."""


def test_python_socketio_still_lets_go_this_way() -> None:
    source = inspect.getsource(BaseManager.basic_disconnect)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == SOURCE_OF_DISCONNECT


def _filled(manager: Manager, clients: int) -> Manager:
    for number in range(clients):
        for room in (None, f"s{number}", "board", f"task:{number % 7}"):
            manager.basic_enter_room(f"s{number}", "/", room, f"e{number}")
    return manager


@pytest.mark.parametrize("leaves_first", [False, True])
def test_what_is_left_is_what_the_original_leaves(leaves_first: bool) -> None:
    ours, original = _filled(Roster(), 50), _filled(Manager(), 50)
    for manager in (ours, original):
        if leaves_first:
            manager.basic_leave_room("s3", "/", "board")
        for number in (3, 4, 3, 99):
            manager.pre_disconnect(f"s{number}", "/")
            manager.basic_disconnect(f"s{number}", "/")
    assert ours.rooms == original.rooms
    assert ours.pending_disconnect == original.pending_disconnect
    for number in range(50):
        ours.basic_disconnect(f"s{number}", "/")
    assert ours.rooms == {} and ours._rooms_of == {}


def test_letting_go_of_a_crowd_does_not_grow_with_its_square() -> None:
    def cpu_s(make: Callable[[], Manager]) -> float:
        manager = _filled(make(), 1_000)
        began = time.process_time()
        for number in range(1_000):
            manager.basic_disconnect(f"s{number}", "/")
        return time.process_time() - began

    assert cpu_s(Roster) < cpu_s(Manager) / 5

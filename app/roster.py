"""Which client is in which rooms, so that one who goes is let go of without a look through all the others' rooms."""

from typing import Any

from socketio import Manager


class Roster(Manager):  # type: ignore[misc]  # python-socketio is not typed
    """python-socketio's own asks every room there is, and each client is a room: 2,000 that go ask 4,000,000."""

    def __init__(self) -> None:
        """Empty."""
        super().__init__()
        self._rooms_of: dict[tuple[str, str], set[str | None]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Remember the room too."""
        super().basic_enter_room(sid, namespace, room, eio_sid)
        self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Forget the room too."""
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get((namespace, sid), set()).discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """As the manager's own, but for how the client's rooms are found."""
        for room in self._rooms_of.pop((namespace, sid), set()):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

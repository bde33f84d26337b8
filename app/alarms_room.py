"""The room `alarms`: what goes wrong and should be looked at."""

from collections.abc import Callable

from flask_socketio import SocketIO

from app import rooms
from app.picture import Picture, Rows
from app.relay import Relay
from worker.alarms import Alarms, Row


class AlarmsRoom(Picture):
    """A row for each open alarm that nobody has put aside."""

    def __init__(self, socketio: SocketIO, relay: Relay, alarms: Callable[[], Alarms]) -> None:
        """`alarms` is called when it is needed first."""
        super().__init__(rooms.ALARMS, socketio, relay)
        self._alarms = alarms

    def read(self) -> tuple[float, Rows]:
        """The newest first."""
        now_s, alarms = self._alarms().open()
        rows = [_shown(row) for row in alarms if not row["aside"]]
        return now_s, {row["id"]: row for row in rows}


def _shown(row: Row) -> Row:
    """`task`, not `task_id`: that would name the row."""
    told = {name: row.get(name) for name in ("subject", "detail", "said", "since", "last", "count", "mails")}
    return {"id": f"alarm:{row['id']}", "kind": "alarm", "cause": row["kind"], "task": row.get("task_id"), **told}

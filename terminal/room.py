"""One room as the web tells it: snapshot, replay, frames, gaps. The counterpart of static/js/task-store.js."""

from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Any]
Row = dict[str, Any]


class Room:
    """The rows of a room."""

    def __init__(self, name: str) -> None:
        """`name`: as in docs/protocol.md."""
        self.name = name
        self.epoch = self.offset = ""
        self.rows: dict[str, Row] = {}
        self._answered = ""  # an unknown row at or below it has gone already

    def request(self) -> dict[str, str]:
        """What to subscribe with now."""
        return {"room": self.name} | ({"epoch": self.epoch, "offset": self.offset} if self.epoch else {})

    def answer(self, answer: Told) -> bool:
        """Take in a snapshot, or what has changed. Frames that overtook it come afterwards: see `Line.ask`."""
        if not (answer["recovered"] and answer["epoch"] == self.epoch):
            self.rows.clear()
        for row in answer["rows"]:
            self._replace(row)
        self.epoch, self.offset = answer["epoch"], answer["offset"]
        self._answered = self.offset
        return True

    def frame(self, frame: Told) -> bool:
        """Take in a frame; whether nothing was missed before it, and what the room is about is still there."""
        if not self.offset or frame["epoch"] != self.epoch or frame["prev"] > self.offset:
            return False
        for change in frame["rows"]:
            self._change(change)
        self.offset = max(self.offset, frame["offset"])
        return not any(change.get("gone") and f"task:{change['task_id']}" == self.name for change in frame["rows"])

    def forget(self) -> None:
        """Nothing that is known of it is true any longer."""
        self.rows.clear()

    def _replace(self, row: Told) -> None:
        name = row["task_id"]
        if row.get("gone"):
            self.rows.pop(name, None)
        else:
            self.rows[name] = dict(row)

    def _change(self, change: Told) -> None:
        name = change["task_id"]
        row = self.rows.get(name)
        if change["offset"] <= (row["offset"] if row else self._answered):
            return
        # A task older than the snapshot: what it reports is no row. A change of state tells all of the row.
        if row is None and not (change.get("name") or change.get("state") or change.get("gone")):
            return
        self._replace({**row, **change} if row and not change.get("gone") else change)

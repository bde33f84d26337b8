"""Log lines: those that are kept, and then each new one, once and in its order."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from terminal import web

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MOST_OF_A_PAGE = 500
FROM_THE_BEGINNING = "0"

Row = dict[str, Any]


class LogLines:
    """The lines of a room of logs that are meant."""

    def __init__(self, url: str, wanted: Mapping[str, str], show: Callable[[Row], None]) -> None:
        """wanted: worker, name, task, level, q, as GET /api/logs takes them."""
        self._url, self._wanted, self._show = url, wanted, show
        self.name = _room(wanted)
        self.epoch = self._offset = ""
        self._last = ""  # the place up to which all is shown; "": that of the first answer

    def history(self, most: int) -> None:
        """Show the newest ones that are kept. Raises NoAnswer or Refused."""
        pages, before, missing = [], "", most
        while missing > 0:
            page = self._page(before=before, most=min(missing, MOST_OF_A_PAGE))
            pages.append(page["rows"])
            missing, before = missing - len(page["rows"]), page["next"]
            if not before:
                break
        self._last = FROM_THE_BEGINNING if most else ""
        for rows in reversed(pages):
            self._take_all(rows)

    def since(self, at: float) -> None:
        """Show all that are kept from this moment on. Raises NoAnswer or Refused."""
        self._last = f"{int(at * 1e6):016}"  # places are compared as texts
        self._take_all(self._later())

    def request(self) -> dict[str, str]:
        """What to subscribe with now."""
        return {"room": self.name} | ({"epoch": self.epoch, "offset": self._offset} if self.epoch else {})

    def answer(self, answer: Mapping[str, Any]) -> bool:
        """Show what is new. A snapshot may have too little of it: then the rest is asked for."""
        self._last = self._last or answer["offset"] or FROM_THE_BEGINNING
        if not answer["recovered"] and not self._catch_up():
            return False
        self._take_all(answer["rows"])
        self.epoch, self._offset = answer["epoch"], answer["offset"]
        return True

    def frame(self, frame: Mapping[str, Any]) -> bool:
        """Show what is new, also what came too fast to be in the frame."""
        if frame["epoch"] != self.epoch or frame["prev"] > self._offset:
            return False
        if frame.get("skipped") and not self._catch_up():
            return False
        self._take_all(frame["rows"])
        self._offset = max(self._offset, frame["offset"])
        return True

    def forget(self) -> None:
        """Lines that have come are true, whatever has become of their task."""

    def _catch_up(self) -> bool:
        try:
            self._take_all(self._later())
        except (web.NoAnswer, web.Refused):
            return False
        return True

    def _later(self) -> Iterator[Row]:
        place = self._last
        while place:
            page = self._page(after=place, most=MOST_OF_A_PAGE)
            yield from page["rows"]
            place = page["next"]

    def _page(self, **place: object) -> dict[str, Any]:
        return web.get(self._url, "/api/logs", {**self._wanted, **place})

    def _take_all(self, rows: Iterator[Row] | list[Row]) -> None:
        for row in rows:
            if row["offset"] > self._last and self._is_meant(row):
                self._last = row["offset"]
                self._show(row)

    def _is_meant(self, row: Row) -> bool:
        """As app/lines.py decides it. One that only says that lines are missing is: nobody knows what they were."""
        wanted, text = self._wanted, row.get("text", "")
        if wanted.get("worker", row["worker"]) != row["worker"]:
            return False
        return not text or (
            wanted.get("name") in (None, row.get("name"))
            and wanted.get("task") in (None, row.get("task"))
            and _rank(row.get("level")) >= _rank(wanted.get("level") or LEVELS[0])
            and wanted.get("q", "").casefold() in text.casefold()
        )


def _rank(level: object) -> int:
    """One that logging does not know counts as INFO."""
    return LEVELS.index(str(level)) if level in LEVELS else 1


def _room(wanted: Mapping[str, str]) -> str:
    if "task" in wanted:
        return f"logs:task:{wanted['task']}"
    return f"logs:worker:{wanted['worker']}" if "worker" in wanted else "logs"

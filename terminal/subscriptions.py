"""Keeps rooms subscribed over a line: again after a drop, a gap, a passing error. See static/js/subscription.js."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from terminal.line import Line, Said, pause_s
from terminal.web import Refused

TICK_S = 0.5


class Subscribed(Protocol):
    """What is told in a room."""

    name: str

    def request(self) -> dict[str, str]:
        """What to subscribe with now."""

    def answer(self, answer: Mapping[str, Any]) -> bool:
        """Take in what a subscribe is answered; False: it has to be asked again."""

    def frame(self, frame: Mapping[str, Any]) -> bool:
        """Take in a frame; False: something was missed before it."""


class Subscriptions:
    """Rooms, and when to ask for each of them next."""

    def __init__(self, line: Line, rooms: Iterable[Subscribed], say: Callable[[str], None]) -> None:
        """`say` tells a person how the line stands."""
        self._line, self._rooms, self._say = line, {room.name: room for room in rooms}, say
        self._due: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._was_lost = False

    def changes(self) -> Iterator[Subscribed | None]:
        """Each room that was told something, for ever; None twice a second if none was. Raises Refused."""
        for said in self._line.said(TICK_S):
            if said.kind == "tick":
                yield None
            changed = self._act(said)
            if changed:
                yield changed
            for name in [name for name, at in self._due.items() if at <= time.monotonic()]:
                if self._ask(name):
                    yield self._rooms[name]

    def _act(self, said: Said) -> Subscribed | None:
        if said.kind == "frame":
            return self._frame(said.told)
        if said.kind == "connected":
            self._due, self._tries = dict.fromkeys(self._rooms, 0.0), {}
        if said.kind == "disconnected":
            self._due = {}
            self._lost("The line to the web is lost: reconnecting …")
        if said.kind == "upstream" and not said.told.get("live"):
            self._lost("The web cannot reach Redis: waiting …")
        elif said.kind == "upstream" and self._was_lost:
            self._was_lost = False
            self._say("Live again.")
        return None

    def _lost(self, words: str) -> None:
        self._was_lost = True
        self._say(words)

    def _frame(self, frame: Mapping[str, Any]) -> Subscribed | None:
        room = self._rooms.get(str(frame.get("room")))
        if room is None or room.name in self._due:
            return None  # what it tells will be in the answer
        if room.frame(frame):
            self._tries.pop(room.name, None)
            return room
        self._later(room.name)
        return None

    def _ask(self, name: str) -> bool:
        del self._due[name]
        answer = self._line.ask(self._rooms[name].request())
        refusal = answer.get("error")
        if refusal and refusal["code"] != "unavailable":
            raise Refused(refusal["code"], refusal["message"])
        if refusal or not self._rooms[name].answer(answer):
            self._later(name)
            return False
        return True

    def _later(self, name: str) -> None:
        tries = self._tries.get(name, 0)
        self._tries[name] = tries + 1
        self._due[name] = time.monotonic() + pause_s(tries)

"""Keeps rooms subscribed over a line: again after a drop, a gap, a passing error. See static/js/subscription.js."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from terminal.line import Said, pause_s
from terminal.web import Refused

TICK_S = 0.25
MOMENT_S = 1.0
"""A web that has just started takes a moment to find Redis, of which nobody need be told."""

FORGOTTEN_S = 60.0
"""So long a task that Redis has lost may take to report again."""


class Wire(Protocol):
    """What is needed of the connection: see terminal/line.py."""

    def said(self, tick_s: float) -> Iterator[Said]:
        """What happens, for ever."""

    def ask(self, request: Mapping[str, str]) -> dict[str, Any]:
        """The answer to a subscribe. What is said before it comes is said after this."""


class Subscribed(Protocol):
    """What is told in a room."""

    name: str
    epoch: str

    def request(self) -> dict[str, str]:
        """What to subscribe with now."""

    def answer(self, answer: Mapping[str, Any]) -> bool:
        """Take in what a subscribe is answered; False: it has to be asked again."""

    def frame(self, frame: Mapping[str, Any]) -> bool:
        """Take in a frame; False: something was missed before it."""

    def forget(self) -> None:
        """The web does not know any longer what this is about."""


class Subscriptions:
    """Rooms, and when to ask for each of them next."""

    def __init__(self, line: Wire, rooms: Iterable[Subscribed], say: Callable[[str], None]) -> None:
        """`say` tells a person how the line stands."""
        self._line, self._rooms, self._say = line, {room.name: room for room in rooms}, say
        self._due: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._forgotten: dict[str, float] = {}
        self._connected = self._followed = False
        self._unfollowed_since = 0.0
        self._trouble = ""

    @property
    def caught_up(self) -> bool:
        """Whether all rooms are as the web has them."""
        return self._connected and not self._due and not self._forgotten

    def changes(self) -> Iterator[Subscribed | None]:
        """Each room that was told something, for ever; None several times a second if none was. Raises Refused."""
        for said in self._line.said(TICK_S):
            changed = self._act(said)
            if changed or said.kind != "frame":
                yield changed
            for name in [name for name, at in self._due.items() if at <= time.monotonic()]:
                if self._ask(self._rooms[name]):
                    yield self._rooms[name]
            self._judge()

    def _act(self, said: Said) -> Subscribed | None:
        if said.kind == "frame":
            return self._frame(said.told)
        if said.kind == "upstream":
            self._followed, self._unfollowed_since = bool(said.told.get("live")), time.monotonic()
        if said.kind in ("connected", "disconnected"):
            self._connected, self._followed, self._unfollowed_since = said.kind == "connected", False, time.monotonic()
            self._due, self._tries = dict.fromkeys(self._rooms, 0.0) if self._connected else {}, {}
        if said.kind == "disconnected":
            self._tell("The line to the web is lost: reconnecting …")
        return None

    def _judge(self) -> None:
        if self._connected and not self._followed and time.monotonic() - self._unfollowed_since > MOMENT_S:
            self._tell("The web cannot reach Redis: waiting …")
        if self._trouble and self._followed and self._connected and not self._due:
            self._trouble = ""
            self._say("Live again.")
        if any(until < time.monotonic() for until in self._forgotten.values()):
            raise Refused("unknown_task", "It has not come back.")

    def _tell(self, trouble: str) -> None:
        """Once, until it is another one or all is well again."""
        if trouble != self._trouble:
            self._say(trouble)
        self._trouble = trouble

    def _frame(self, frame: Mapping[str, Any]) -> Subscribed | None:
        room = self._rooms.get(str(frame.get("room")))
        if room is None or room.name in self._due:
            return None  # what it tells will be in the answer
        if room.name not in self._forgotten and room.frame(frame):
            self._tries.pop(room.name, None)
            return room
        self._later(room.name)
        return None

    def _ask(self, room: Subscribed) -> bool:
        del self._due[room.name]
        answer = self._line.ask(room.request())
        if "error" in answer:
            self._refused(room, **answer["error"])
        elif room.answer(answer):
            self._forgotten.pop(room.name, None)
            return True
        else:
            self._later(room.name)
        return False

    def _refused(self, room: Subscribed, code: str, message: str) -> None:
        if code == "unavailable":
            return self._later(room.name)
        if code != "unknown_task" or not room.epoch:
            raise Refused(code, f"{room.name}: {message}")
        if room.name not in self._forgotten:
            room.forget()
            self._forgotten[room.name] = time.monotonic() + FORGOTTEN_S
            self._say(f"{room.name}: Redis has lost it. Waiting for its next report …")
        return None

    def _later(self, name: str) -> None:
        """A first gap is healed at once; a line that keeps failing is asked less and less often."""
        tries = self._tries.get(name, 0)
        self._tries[name] = tries + 1
        self._due[name] = time.monotonic() + pause_s(tries)

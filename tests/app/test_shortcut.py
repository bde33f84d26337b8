"""The short way out to WebSocket clients: what they hear is what plain emit tells, in one order, whoever is slow."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from tests.news import TASKS, News, skipped
from tests.processes import Service, wait_until
from tests.watcher import Watcher, live
from worker.stream import Log

StartWeb = Callable[..., Service]
Watch = Callable[..., Watcher]

STUCK = 10
GULPS = 4
PATIENCE_S = 30.0
ELSEWHERE = {"room": "task:nobody-watches-this"}


class Reader:
    """A bare WebSocket with a small buffer that watches the board, and looks closely at all that it reads."""

    def __init__(self, web: Service) -> None:
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket", sockopt=[(1, 8, 4_096)], timeout=0.25
        )
        self.rows: dict[str, int] = {}
        self.epoch = self.offset = self.told_up_to = ""
        self.frames = self.gaps = self.asked = self.answered = 0
        self._socket.send("40")
        self._subscribe()
        wait_until(lambda: self.read() and self.offset, PATIENCE_S, "the subscribe is answered")

    def _subscribe(self) -> None:
        self.behind = True
        asked = {"room": "board", "epoch": self.epoch, "offset": self.offset}
        self._socket.send(f"420{json.dumps(['subscribe', asked])}")

    def ask(self) -> None:
        """Something that is answered at once, on the other way out: by python-socketio."""
        self.asked += 1
        self._socket.send(f"42{self.asked}{json.dumps(['unsubscribe', ELSEWHERE])}")

    def read(self) -> bool:
        """Read one message, if one comes; a torn one cannot be read."""
        try:
            text = str(self._socket.recv())
        except websocket.WebSocketTimeoutException:
            if self.behind:
                self._subscribe()
            return False
        if text == "2":
            self._socket.send("3")
        elif text.startswith('42["frame",'):
            self._hear(json.loads(text[2:])[1])
        elif text.startswith("430["):
            self._catch_up(json.loads(text[3:])[0])
        elif text.startswith("43"):
            self.answered += 1
            assert text == f"43{self.answered}[{{}}]", "answers come in the order of asking, each once"
        return True

    def _hear(self, frame: dict[str, Any]) -> None:
        self.frames += 1
        if frame["rows"]:
            assert self.told_up_to <= frame["prev"] < frame["offset"], "a frame has overtaken another"
            self.told_up_to = frame["offset"]
        if frame["prev"] > self.offset:
            self.gaps += 1
            self.behind = True  # asked again in a quiet moment
        else:
            self._apply(frame)

    def _catch_up(self, answer: dict[str, Any]) -> None:
        if "error" not in answer:
            self.epoch, self.behind = answer["epoch"], False
            self._apply(answer)

    def _apply(self, told: dict[str, Any]) -> None:
        for row in told["rows"]:
            self.rows[row["task_id"]] = max(self.rows.get(row["task_id"], 0), row.get("current") or 0)
        self.offset = max(self.offset, told["offset"])

    def close(self) -> None:
        self._socket.close(timeout=0)


@pytest.fixture
def new_reader() -> Iterator[Callable[[Service], Reader]]:
    with contextlib.ExitStack() as stack:
        yield lambda web: stack.enter_context(contextlib.closing(Reader(web)))


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_whoever_polls_or_moves_or_has_a_websocket_is_told_the_same(
    start_web: StartWeb, watch: Watch, log: Log, mode: str
) -> None:
    web = start_web(ASYNC_MODE=mode)
    ways = (["websocket"], ["polling"], ["polling", "websocket"])
    watchers = [watch(web.url, transports=way) for way in ways]
    assert [watcher.client.transport() for watcher in watchers] == ["websocket", "polling", "websocket"], "void"
    live(log, steps=100)
    for watcher in watchers:
        wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the end is shown")  # noqa: B023
    assert len(watchers[0].frames) > 5, "void: too few frames"
    assert watchers[1].frames == watchers[0].frames == watchers[2].frames
    assert "the long way" not in web.log(), "WebSockets are not as app/shortcut.py takes them to be: see _fits there"


def test_who_reads_in_gulps_is_told_all_in_one_order_and_nothing_torn(
    start_web: StartWeb, new_reader: Callable[[Service], Reader], log: Log
) -> None:
    web = start_web()
    reader = new_reader(web)
    with News(log) as news:
        for _ in range(GULPS):
            already, heard = skipped(web), reader.frames
            for _ in range(20):
                reader.ask()
            wait_until(lambda: skipped(web) > already, PATIENCE_S, "void: its socket was never full")  # noqa: B023
            wait_until(lambda: reader.read() and reader.frames > heard + 10, PATIENCE_S, "it reads")  # noqa: B023
    newest = {f"t{number}": news.step for number in range(TASKS)}
    wait_until(lambda: reader.read() and reader.rows == newest, PATIENCE_S, "it has caught up")
    wait_until(lambda: reader.answered == reader.asked or reader.read(), PATIENCE_S, "all is answered")
    assert reader.gaps, "void: it never missed anything"
    assert reader.answered == reader.asked == GULPS * 20


def test_stuck_sockets_hold_up_nobody(
    start_web: StartWeb, new_reader: Callable[[Service], Reader], watch: Watch, log: Log
) -> None:
    web = start_web()
    other = watch(web.url)

    def heard_within(seconds: float) -> int:
        already = len(other.frames)
        time.sleep(seconds)
        return len(other.frames) - already

    with News(log):
        wait_until(lambda: len(other.frames) > 5, PATIENCE_S, "there is news")
        alone = heard_within(1)
        for _ in range(STUCK):
            new_reader(web)
        wait_until(lambda: skipped(web) > STUCK * 10, PATIENCE_S, "void: they are not stuck")
        among_them = heard_within(1)
    assert among_them > alone / 2, f"{alone} frames a second alone, {among_them} among {STUCK} stuck ones"
    assert other.faults == []


def test_a_websocket_that_pings_and_closes_is_answered_in_its_own_frames(web: Service) -> None:
    socket = websocket.create_connection(f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket", timeout=5)
    assert str(socket.recv()).startswith("0{")
    socket.ping("still there?")
    assert socket.recv_data_frame(True)[1].data == b"still there?"
    socket.send_close(1_000, b"")
    assert socket.recv_data_frame(True)[0] == websocket.ABNF.OPCODE_CLOSE
    socket.close()

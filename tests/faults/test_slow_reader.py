"""A client that stops reading costs the others nothing, is not queued for without bound, and ends exact (F25)."""

import json
import time
from pathlib import Path
from typing import Any

import redis
import websocket

from tests.asking import ask
from tests.processes import Service, wait_until
from tests.watcher import Watcher, live, same
from worker import events, states
from worker.store import Table
from worker.stream import Log

MOST_GROWTH_KB = 30_000
LONGEST_S = 60.0
"""How long it may take a busy machine to say more than a socket holds."""


def _rss_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _skipped_frames(web: Service) -> int:
    return int(json.loads(ask(web, "/readyz")[2])["healed"]["skipped_frames"])


def _open_socket(web: Service) -> websocket.WebSocket:
    """A bare WebSocket that has subscribed to the board, with small buffers."""
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{web.port}/socket.io/?EIO=4&transport=websocket", sockopt=[(1, 8, 4_096)], timeout=10
    )
    socket.recv()
    socket.send("40")
    socket.send('420["subscribe",{"room":"board"}]')
    while not str(socket.recv()).startswith("430"):
        pass
    return socket


def _report_much(log: Log, seconds: float) -> None:
    """200 tasks that say much, again and again."""
    deadline = time.monotonic() + seconds
    step = 0
    while time.monotonic() < deadline:
        step += 1
        for number in range(200):
            fields = {"current": step, "total": 10_000, "note": f"{step} " + "x" * 480}
            log.append(events.progressed(f"t{number}", "r1", 1, states.PROGRESS, fields))


def _last_frame(socket: websocket.WebSocket) -> dict[str, Any]:
    """Read all that waits; the last frame of it."""
    last: dict[str, Any] = {}
    socket.settimeout(1.5)
    try:
        while True:
            text = str(socket.recv())
            if text == "2":
                socket.send("3")
            elif text.startswith('42["frame"'):
                last = json.loads(text[2:])[1]
    except websocket.WebSocketTimeoutException:
        return last


def test_a_slow_reader_is_skipped_and_caught_up(start_web: Any, watch: Any, redis_client: redis.Redis) -> None:
    web, log = start_web(), Log(redis_client)
    other: Watcher = watch(web.url)
    slow = _open_socket(web)
    _report_much(log, 1)
    before_kb = _rss_kb(web.pid)
    deadline = time.monotonic() + LONGEST_S
    while not _skipped_frames(web):  # nobody reads the slow one's socket: kernel buffers and its queue fill up
        assert time.monotonic() < deadline, "void: the slow reader was never skipped"
        _report_much(log, 1)
    _report_much(log, 2)
    assert _rss_kb(web.pid) - before_kb < MOST_GROWTH_KB
    live(log, "last", steps=1)
    wait_until(lambda: other.rows.get("last", {}).get("state") == "SUCCESS", 5, "the other watcher is told")
    frame = _last_frame(slow)
    assert frame["rows"] == [] and frame["prev"] == frame["offset"], "it hears of the gap once it has drained"
    slow.close()
    row = Table(redis_client).row("t7")
    assert row
    wait_until(lambda: same(other.rows["t7"], {"current": row["current"], "note": row["note"]}), 5, "it is exact")

"""Watchers that never read though they answer pings (F26), and tasks that say 5 MB at a time (F27)."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis
import websocket
from celery import Celery

from tests.faults.pulse import MOST_P99_S, Pulse, open_socket, rss_kb
from tests.processes import Service
from worker import events, states
from worker.store import Table
from worker.stream import Log

StartWeb = Callable[..., Service]
NewPulse = Callable[..., Pulse]

REAPED_WITHIN_S = 35.0
MOST_GROWTH_KB = 30_000
MOST_RUN_S = 0.5


@pytest.fixture
def much_news(log: Log) -> Iterator[None]:
    """200 tasks that say much, again and again, until the test ends."""
    over = threading.Event()

    def report() -> None:
        step = 0
        while not over.is_set():
            step += 1
            for number in range(200):
                fields = {"current": step, "total": 10_000, "note": f"{step} " + "x" * 480}
                log.append(events.progressed(f"t{number}", "r1", 1, states.PROGRESS, fields))

    reporting = threading.Thread(target=report)
    reporting.start()
    yield
    over.set()
    reporting.join()


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
@pytest.mark.usefixtures("much_news")
def test_who_answers_pings_and_reads_nothing_is_ended(start_web: StartWeb, new_pulse: NewPulse, mode: str) -> None:
    web = start_web(ASYNC_MODE=mode)
    pulse = new_pulse(web)
    calm, before_kb = pulse.feel(3), rss_kb(web.pid)
    unread = [open_socket(web, receive_buffer=4_096) for _ in range(5)]
    for socket in unread:
        socket.send('420["subscribe",{"room":"board"}]')
    ended, most_kb = 0, before_kb

    def go_on() -> bool:
        nonlocal ended, most_kb
        ended, most_kb = _pong(unread), max(most_kb, rss_kb(web.pid))
        return ended < len(unread)

    among_them = pulse.feel_while(_within(REAPED_WITHIN_S, go_on))
    took = len(among_them.took)
    print(f"{mode}: {ended} of 5 ended after {took} beats, {most_kb - before_kb} KB; alone {calm}; {among_them}")
    assert ended == len(unread)
    assert most_kb - before_kb < MOST_GROWTH_KB
    assert among_them.p99 < max(MOST_P99_S, 3 * calm.p99)
    assert "does not read" in web.log()
    assert "Traceback" not in web.log()


def _pong(sockets: list[websocket.WebSocket]) -> int:
    """Answer pings that have never been read; how many of these sockets the server has ended."""
    ended = 0
    for socket in sockets:
        try:
            socket.send("3")
        except (OSError, websocket.WebSocketException):
            ended += 1
    return ended


def _within(seconds: float, condition: Callable[[], bool]) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until and condition()


@pytest.mark.parametrize("count", [1, 20])
def test_five_megabytes_are_cut_where_they_are_said(
    start_web: StartWeb,
    start_worker: Callable[..., Service],
    new_pulse: NewPulse,
    redis_client: redis.Redis,
    redis_url: str,
    count: int,
) -> None:
    web = start_web()
    worker = start_worker("-I", "tests.trial_tasks", "--concurrency=2")
    assert worker.returncode is None
    pulse = new_pulse(web)
    watcher = open_socket(web)
    watcher.send('420["subscribe",{"room":"board"}]')
    calm, before_kb = pulse.feel(2), rss_kb(web.pid)
    with Celery(broker=redis_url, set_as_current=False) as sender:
        for number in range(count):
            sender.send_task("trial.say", ["long"], task_id=f"huge{number}")
    table = Table(redis_client)
    ids = [f"huge{number}" for number in range(count)]
    huge = pulse.feel_while(
        lambda: not all(states.is_final((table.row(task) or {}).get("state") or "") for task in ids)
    )
    rows = [table.row(task) or {} for task in ids]
    longest = max(row["ended_at"] - row["started_at"] for row in rows)
    kept = max(len(row["note"]) for row in rows)
    print(f"{count} x 5 MB: kept {kept} characters, run time {longest * 1000:.0f} ms at most; alone {calm}; {huge}")
    assert all(row["state"] == "SUCCESS" for row in rows)
    assert kept <= 1_000
    assert longest < MOST_RUN_S
    assert huge.p99 < max(MOST_P99_S, 3 * calm.p99)
    assert rss_kb(web.pid) - before_kb < MOST_GROWTH_KB
    watcher.close()

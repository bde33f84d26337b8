"""Several webs behind a real nginx without sticky sessions: who watches ends exact, also by long polling (F7)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
import redis

from tests import web_form
from tests.balancer import Balancer
from tests.faults.matrix import repeat
from tests.faults.play import Fault
from tests.faults.rows.several_webs_rows import ROWS
from tests.faults.subjects import PUSHBOARD
from tests.faults.test_matrix import MARGIN
from tests.processes import Service, wait_until
from tests.watcher import Watcher, live, same
from worker.store import Table
from worker.stream import Log

pytestmark = pytest.mark.timeout(180)

Watch = Callable[..., Watcher]
Site = tuple[Balancer, list[Service]]
QUICK_ROWS = [fault for fault in ROWS if fault.number in ("F7a", "F7c", "F7d")]
SHORT_TASKS_PER_S = 10
HEAL_S = 2.0 * MARGIN


def web_of(watcher: Watcher) -> str:
    """The name of the web that a watcher is connected to; nothing while it has none."""
    return str(watcher.client.eio.sid or "").partition(".")[0]


def move(watcher: Watcher, url: str) -> str:
    """Break its connection, wait until it is subscribed again; the web that it has come to."""
    before, sid = watcher.answered, watcher.client.eio.sid
    if watcher.client.transport() == "websocket":
        watcher.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)
    else:  # a session is closed by a packet of its own, whoever sends it
        assert web_form.ask(url, f"/socket.io/?transport=polling&sid={sid}", "POST", b"1").status == 200
    wait_until(lambda: watcher.answered > before and watcher.client.eio.sid != sid, 10, "it is subscribed again")
    return web_of(watcher)


def _short_tasks(log: Log, count: int) -> None:
    for number in range(count):
        live(log, f"short{number}", steps=1, pause_s=0.0)
        time.sleep(1 / SHORT_TASKS_PER_S)


@contextmanager
def tasks_running(log: Log, count: int, seconds: float) -> Iterator[None]:
    """So many tasks report 20 times a second, and beside them short ones come and go, also while nobody is told."""
    steps = int(seconds * 20)
    threads = [threading.Thread(target=live, args=(log, f"t{number}", steps, 0.05)) for number in range(count)]
    threads.append(threading.Thread(target=_short_tasks, args=(log, int(seconds * SHORT_TASKS_PER_S))))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


def assert_exact(watchers: Sequence[Watcher], client: redis.Redis) -> float:
    """Each shows what the table holds; how long that took, in seconds."""
    began, rows = time.monotonic(), {row["task_id"]: row for row in Table(client).board().rows}
    assert rows and all(row["state"] == "SUCCESS" for row in rows.values()), "void: the tasks have not ended"

    def wrong() -> list[int]:
        return [
            number
            for number, watcher in enumerate(watchers)
            if set(watcher.rows) != set(rows) or not all(same(watcher.rows[key], row) for key, row in rows.items())
        ]

    wait_until(lambda: not wrong(), HEAL_S, "all are exact")
    assert [watcher.faults for watcher in watchers if watcher.faults] == []
    return time.monotonic() - began


@pytest.mark.usefixtures("start_balancer")
@pytest.mark.parametrize("fault", QUICK_ROWS, ids=lambda fault: fault.number)
def test_watchers_of_a_broken_web_are_exact_with_another(fault: Fault) -> None:
    outcomes = repeat(fault, PUSHBOARD, times=1, margin=MARGIN)
    assert outcomes, "void: the fault was never in force"
    assert outcomes[0].wrong == []


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_watcher_that_comes_to_another_web_at_each_reconnect_is_exact(
    transport: str, start_site: Callable[[int], Site], watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    balancer, _ = start_site(2)
    watcher = watch(balancer.url, transports=[transport])
    first = web_of(watcher)
    with tasks_running(log, 2, seconds=6):
        wait_until(lambda: {"t0", "t1"} <= set(watcher.rows), 5, "both tasks are shown")
        met = [move(watcher, balancer.url) for _ in range(5)]
        states = [watcher.rows[task_id]["state"] for task_id in ("t0", "t1")]
        assert states == ["PROGRESS"] * 2, "void: the tasks ended before the last move"
    other = {"a": "b", "b": "a"}[first]
    assert met == [other, first, other, first, other], "void: it was not moved"
    print(f"{transport}: moved 5 times, exact {assert_exact([watcher], redis_client):.2f} s after the tasks' end")


def test_a_client_that_polls_first_and_then_takes_a_websocket_stays_where_it_began(
    start_site: Callable[[int], Site], watch: Watch
) -> None:
    balancer, _ = start_site(2)
    for _ in range(4):  # by chance, one in two would do
        watcher = watch(balancer.url, transports=["polling", "websocket"])
        assert watcher.client.transport() == "websocket"


def test_20_watchers_come_back_at_once_when_all_webs_were_away(
    start_site: Callable[[int], Site], watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    balancer, webs = start_site(2)
    watchers = [watch(balancer.url) for _ in range(20)]
    for web in webs:
        web.kill()
    wait_until(lambda: not any(watcher.client.connected for watcher in watchers), 5, "all are cut off")
    wait_until(lambda: " 502 " in balancer.log(), 5, "nginx has found all webs away")
    live(log, steps=3)
    for web in webs:
        web.start()
    print(f"20 watchers are exact {assert_exact(watchers, redis_client):.2f} s after the webs are back")


def test_20_watchers_of_4_webs_of_which_one_is_killed_every_second_are_exact(
    start_site: Callable[[int], Site], watch: Watch, log: Log, redis_client: redis.Redis
) -> None:
    balancer, webs = start_site(4)
    watchers = [watch(balancer.url, transports=[kind]) for kind in ["websocket", "polling"] * 10]
    assert {web_of(watcher) for watcher in watchers} == set("abcd"), "void: some web has no watcher"
    with tasks_running(log, 3, seconds=13):
        for second in range(10):
            began = time.monotonic()
            webs[second % 4].kill()
            webs[second % 4].start()
            time.sleep(max(0.0, began + 1 - time.monotonic()))  # one a second
    reconnects = sum(watcher.answered - 1 for watcher in watchers)
    assert reconnects > 20, "void: hardly anybody was cut off"
    print(f"{reconnects} reconnects, exact {assert_exact(watchers, redis_client):.2f} s after the tasks' end")

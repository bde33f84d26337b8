"""Ratios of `make bench` that need a web process: less of everything, and room for a busy machine."""

import math
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.feed import INTERVAL_S
from bench.fanout import costs
from bench.fresh import Watched, polling
from bench.growth import FLAT
from bench.idle import memory_kb_each
from bench.player import Player
from bench.spent import spent
from bench.stand import Stand, board, watch
from bench.startup import start
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web

ROOM = 2.0

ASKING_OFTEN = (
    "python -c 'import runpy; from app import factory; factory.PING_INTERVAL_S = 1;"
    ' runpy.run_module("app", run_name="__main__", alter_sys=True)\''
)
"""Pushboard's web, which asks its clients once a second whether they are there."""


@pytest.mark.timeout(90)
def test_an_update_is_seen_a_small_part_of_the_time_after_which_a_poll_sees_it() -> None:
    with Stand() as stand, ThreadPoolExecutor() as pool:
        pushed, polled_ms = Watched.of_pushboard(stand, 1, tasks=1), polling(stand, tasks=5, hz=5.0, seconds=4.5)
        polled = pool.submit(polled_ms)
        delays = pushed.seen(5.0, 4.0).crowd["delays"]
        assert delays["count"] >= 15, f"void: few updates came: {delays}"
        assert polled.result() > 500, "void: who asks every two seconds sees it after one, in the middle"
        assert delays["p50"] < ROOM / 40 * polled.result()


class Waiting:
    """A web process whose clients are told nothing, but asked once a second whether they are there."""

    def __init__(self, web: Service, crowd: Player, say: list[str], watchers: int = 200) -> None:
        self._web, self._crowd = web, crowd
        self.kb_each = memory_kb_each(web, crowd, say, watchers)
        self.us_of_a_ping = math.inf  # of CPU, the least of all windows, with all else that goes on meanwhile

    def begin(self) -> None:
        self._crowd.ask("begin")
        self._before = spent(self._web.pid)

    def end(self) -> None:
        cpu_s, told = spent(self._web.pid).since(self._before).cpu_s, self._crowd.ask("count")
        assert told["gone"] == told["frames"] == 0, f"void: something happened: {told}"
        assert told["pings"] > told["here"], f"void: hardly anybody was asked: {told}"
        self.us_of_a_ping = min(self.us_of_a_ping, cpu_s / told["pings"] * 1e6)


@pytest.mark.timeout(90)
def test_who_only_waits_costs_less_than_at_a_plain_server() -> None:
    with Stand() as stand:
        stand.env["PING_EVERY_S"] = "1"
        ours = Waiting(stand.web("pushboard", ASKING_OFTEN), stand.crowd(), board())
        plain = Waiting(stand.plain(), stand.crowd(), watch(["board"]))
        for _ in range(2):
            for one in (ours, plain):
                one.begin()
            time.sleep(2)
            for one in (ours, plain):
                one.end()
    assert ours.kb_each < ROOM * 0.5 * plain.kb_each
    assert ours.us_of_a_ping < ROOM * 0.5 * plain.us_of_a_ping


@pytest.mark.timeout(90)
def test_ten_times_the_reports_are_no_more_frames_and_no_dearer_ones() -> None:
    with Stand() as stand:
        ours = Watched.of_pushboard(stand, 20, tasks=20)
        turns = [(ours.seen(20.0, 1.0), ours.seen(200.0, 1.0)) for _ in range(2)]
    few, many = zip(*turns, strict=True)
    assert many[0].crowd["delays"]["count"] > 5 * few[0].crowd["delays"]["count"], "void: no more reports"
    for one in (*few, *many):
        assert 0 < one.crowd["most"] < ROOM * one.crowd["wall_s"] / INTERVAL_S
    assert min(costs([one]) for one in many) < ROOM * FLAT * min(costs([one]) for one in few)


@pytest.mark.timeout(180)
def test_a_start_takes_little_more_than_its_libraries() -> None:
    code = "import eventlet, time; eventlet.monkey_patch(); import flask_socketio, celery; print(time.process_time())"
    imports = [sys.executable, "-W", "ignore", "-c", code]
    with tempfile.TemporaryDirectory() as folder, RedisServer.start(Path(folder) / "redis") as server:
        web = new_web(Path(folder) / "web.log", REDIS_URL=server.url, DATA_DIR=folder, SECRET_KEY="only for this test")
        turns = [(float(subprocess.check_output(imports)), start(web)[1]) for _ in range(3)]
    bare_s, ours_s = map(min, zip(*turns, strict=True))
    assert bare_s > 0.05, "void: nothing was imported"
    assert ours_s < ROOM * 1.75 * bare_s

"""While Redis is away or hangs, whoever asks is told so soon and in plain words, and nothing is half started (F32)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.asking import ask
from tests.processes import Service, new_web, wait_until
from worker.store import Table

LONGEST_S = 2.5
"""Two seconds, and a margin for a busy machine."""

ASKED = [
    ("POST", "/longtask"),
    ("GET", "/status/some-task"),
    ("GET", "/tasks/some-task"),
    ("GET", "/run"),
    ("POST", "/run/some.task"),
]


@contextmanager
def _stopped(server: RedisServer) -> Iterator[None]:
    server.stop()
    yield
    server.restart()


@contextmanager
def _hanging(server: RedisServer) -> Iterator[None]:
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def _timed(web: Service, method: str, path: str) -> tuple[int, str, float]:
    began = time.monotonic()
    status, _, text = ask(web, path, method)
    return status, text, time.monotonic() - began


@pytest.mark.parametrize("broken", [_stopped, _hanging])
def test_whoever_asks_is_told_soon_and_nothing_is_started(
    tmp_path: Path,
    services: list[Service],
    service_env: dict[str, str],
    broken: Callable[[RedisServer], AbstractContextManager[None]],
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        services.append(new_web(tmp_path / "own-web.log", **service_env | {"REDIS_URL": server.url}))
        web = services[-1].start()
        wait_until(lambda: ask(web, "/readyz")[0] == 200, 5, "void: it was never ready")
        with broken(server):
            for method, path in ASKED * 2:
                status, text, took_s = _timed(web, method, path)
                assert (status, "Redis does not answer" in text) == (503, True)
                assert took_s < LONGEST_S
            assert _timed(web, "GET", "/healthz")[0] == 200
            assert _timed(web, "GET", "/")[0] == 200, "the page itself is there, and says that nothing is live"
            wait_until(lambda: ask(web, "/readyz")[0] == 503, 5, "/readyz says so")
        wait_until(lambda: ask(web, "/readyz")[0] == 200, 5, "it is ready again")
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            assert (client.llen("celery"), Table(client).board().rows) == (0, [])
        assert ask(web, "/longtask", "POST")[0] == 202


def test_while_one_waits_for_a_redis_that_hangs_others_are_served(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        services.append(new_web(tmp_path / "own-web.log", **service_env | {"REDIS_URL": server.url}))
        web = services[-1].start()
        assert ask(web, "/longtask", "POST")[0] == 202
        with _hanging(server), ThreadPoolExecutor() as threads:
            asking = threads.submit(_timed, web, "POST", "/longtask")
            status, _, took_s = _timed(web, "GET", "/healthz")
            assert (status, took_s < 1.0) == (200, True)
            assert not asking.done(), "void: nobody waited"
            status, _, took_s = asking.result()
            assert (status, took_s < LONGEST_S) == (503, True)

"""What the web process says while Redis is away, and while it hangs."""

import os
import signal
import threading
import time
from pathlib import Path

import redis

from launcher.redis_server import RedisServer
from tests.asking import ask
from tests.processes import Service, new_web

TWO_SECONDS = 2.0 + 1.5
"""As it is promised, and what a machine that does other things adds; without a bound it were 19 s and more."""


def test_without_redis_it_says_so_in_two_seconds_and_starts_nothing(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        services.append(new_web(tmp_path / "own-web.log", **service_env | {"REDIS_URL": server.url}))
        web = services[-1].start()
        server.stop()
        for method, path in [
            ("POST", "/longtask"),
            ("GET", "/status/x"),
            ("GET", "/tasks/x"),
            ("GET", "/run"),
            ("POST", "/run/x"),
        ]:
            began = time.monotonic()
            status, _, text = ask(web, path, method)
            assert status == 503
            assert "Redis does not answer" in text
            assert time.monotonic() - began < TWO_SECONDS
        assert ask(web, "/healthz")[0] == 200
        server.restart()
        with redis.Redis.from_url(server.url) as client:
            assert client.llen("celery") == 0
        assert ask(web, "/longtask", "POST")[0] == 202


def test_with_redis_hanging_it_says_so_in_two_seconds_and_others_are_served(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        services.append(new_web(tmp_path / "own-web.log", **service_env | {"REDIS_URL": server.url}))
        web = services[-1].start()
        assert ask(web, "/longtask", "POST")[0] == 202
        os.kill(server.pid, signal.SIGSTOP)
        try:
            answers: list[tuple[int, float]] = []
            asking = threading.Thread(target=lambda: answers.append(_timed(web, "/longtask", "POST")))
            asking.start()
            assert _timed(web, "/healthz", "GET") < (200, 1.0)
            asking.join()
            assert answers[0][0] == 503
            assert answers[0][1] < TWO_SECONDS
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert ask(web, "/longtask", "POST")[0] == 202


def _timed(web: Service, path: str, method: str) -> tuple[int, float]:
    began = time.monotonic()
    return ask(web, path, method)[0], time.monotonic() - began

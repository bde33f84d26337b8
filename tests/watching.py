"""The web process, or several behind nginx, its log and its watchers."""

import gc
from collections.abc import Callable, Iterator

import pytest
import redis

from launcher import ports
from tests.balancer import Balancer
from tests.processes import Service
from tests.watcher import Watcher
from worker.stream import Log


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def start(url: str, room: str = "board", transports: list[str] | None = None) -> Watcher:
        watchers.append(Watcher(url, room, transports))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.client.disconnect()
        assert watcher.faults == []
    gc.collect()  # python-socketio's client leaves sockets of lost connections open: told here, and not in a later test


@pytest.fixture
def web(start_web: Callable[..., Service]) -> Service:
    return start_web()


@pytest.fixture
def start_site(
    start_web: Callable[..., Service], start_balancer: Callable[..., Balancer]
) -> Callable[[int], tuple[Balancer, list[Service]]]:
    """Start so many webs, called a, b, c, d, and nginx before them: `balancer, webs = start_site(2)`."""

    def start(count: int) -> tuple[Balancer, list[Service]]:
        webs = {name: ports.free_port() for name in "abcd"[:count]}
        started = [start_web(WEB_NAME=name, PORT=str(port)) for name, port in webs.items()]
        return start_balancer(webs), started

    return start


@pytest.fixture
def log(redis_client: redis.Redis) -> Log:
    return Log(redis_client)

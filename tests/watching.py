"""The web process, its log and its watchers."""

import gc
from collections.abc import Callable, Iterator

import pytest
import redis

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
def log(redis_client: redis.Redis) -> Log:
    return Log(redis_client)

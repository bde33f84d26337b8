"""The outbox has one connection for itself: what becomes of it when Redis, or the way there, changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.faults.cable import Cable
from tests.worker.told import started, succeeded
from worker.outbox import Outbox
from worker.store import Table
from worker.stream import Log, connect, connect_alone

ANSWER_TIMEOUT_S = 0.5
PATIENCE_S = 20.0


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[[], RedisServer]]:
    servers: list[RedisServer] = []

    def start() -> RedisServer:
        server = RedisServer.start(tmp_path / f"redis{len(servers)}")
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


def _url_through(cable: Cable, server: RedisServer) -> str:
    return server.url.replace(str(server.port), cable.url.rpartition(":")[2])


def _has_told(outbox: Outbox, task_id: str) -> bool:
    outbox.put(started(task_id))
    outbox.put(succeeded(task_id))
    return outbox.flush(PATIENCE_S)


@contextmanager
def _failover(cable: Cable, old: RedisServer, new: RedisServer) -> Iterator[redis.Redis]:
    """The old one keeps its connections, and refuses what is written; the address leads to the new one."""
    with redis.Redis.from_url(old.url) as primary, connect(new.url) as next_primary:
        next_primary.config_set("requirepass", str(redis.connection.parse_url(old.url)["password"]))
        cable.port = new.port
        primary.replicaof("127.0.0.1", 1)
        with pytest.raises(redis.exceptions.ReadOnlyError):
            primary.set("void", "if it takes this")
        yield next_primary


def test_after_a_failover_every_client_writes_to_the_new_primary(new_server: Callable[[], RedisServer]) -> None:
    old, new = new_server(), new_server()
    with Cable(old.port) as cable, connect(_url_through(cable, old)) as client:
        client.set("at", "the old one")
        with _failover(cable, old, new) as next_primary:
            client.set("at", "the new one")
            assert next_primary.get("at") == "the new one"


def test_after_a_failover_the_outbox_writes_to_the_new_primary(new_server: Callable[[], RedisServer]) -> None:
    old, new = new_server(), new_server()
    with Cable(old.port) as cable:
        url = _url_through(cable, old)
        outbox = Outbox(lambda: Log(connect_alone(url, ANSWER_TIMEOUT_S)))
        assert _has_told(outbox, "t1"), "void: nothing reaches the old one"
        with _failover(cable, old, new) as next_primary:
            assert _has_told(outbox, "t2"), "it has a connection to the old one still"
            assert (Table(next_primary).row("t2") or {})["state"] == "SUCCESS"

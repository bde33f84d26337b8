"""A Redis that is too old, or does not keep what it is told: said in words, once, by workers and webs."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from worker.redis_needs import lacking

StartService = Callable[..., Service]

WELL: dict[str, Any] = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction", "aof_enabled": 1}
FORGETS = "Redis may forget tasks when it restarts: set its appendonly to yes"
DELETES = "Redis may delete tasks when memory runs short: set its maxmemory-policy to noeviction, not to volatile-lru"


def looks(client: redis.Redis) -> Iterator[int]:
    """How often others than this have asked for INFO so far."""
    for own in count():
        yield client.info("commandstats").get("cmdstat_info", {"calls": own})["calls"] - own


@pytest.mark.parametrize("version", ["7.0.0", "7.2.4", "8.2.1", "10.0.0", "", "df-1.2"])
def test_nothing_is_said_of_a_redis_that_will_do(version: str) -> None:
    assert not list(lacking(WELL | {"redis_version": version}))


def test_nothing_is_said_of_what_a_redis_does_not_tell() -> None:
    assert not list(lacking({}))


@pytest.mark.parametrize("version", ["6.2.14", "6.0.16", "5.0.7"])
def test_a_redis_that_is_too_old_is_told_of(version: str) -> None:
    (said,) = lacking(WELL | {"redis_version": version})
    assert said == f"Redis {version} is too old: Pushboard needs Redis 7.0 or newer, or Valkey"


def test_workers_and_webs_say_once_what_a_redis_lacks(
    start_worker: StartService, start_web: StartService, tmp_path: Path
) -> None:
    with RedisServer.start(tmp_path / "own") as server, redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory-policy", "volatile-lru")
        client.config_set("appendonly", "no")
        programs = [start_worker(REDIS_URL=server.url), start_web(REDIS_URL=server.url)]
        for program in programs:
            program.wait_for_log(FORGETS)
        looked = looks(client)
        wait_until(lambda: next(looked) > 8, 15, "the web has looked again")
        for program in programs:
            assert [program.log().count(said) for said in (DELETES, FORGETS)] == [1, 1], program.log()


def test_nothing_is_said_of_the_redis_of_make_run(start_web: StartService, tmp_path: Path) -> None:
    with RedisServer.start(tmp_path / "own") as server, redis.Redis.from_url(server.url) as client:
        web = start_web(REDIS_URL=server.url)
        looked = looks(client)
        wait_until(lambda: next(looked) >= 3, 10, "it has looked")
        assert "docs/operations.md" not in web.log()

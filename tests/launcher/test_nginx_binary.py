"""Finding an nginx to test with."""

from pathlib import Path

import pytest

from launcher import nginx_binary
from launcher.errors import NginxNotFound


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_nginx_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "mine", "echo nginx version: nginx/1.2.3 >&2")
    monkeypatch.setenv("NGINX_PATH", str(named))
    assert nginx_binary.find_nginx() == named


def test_an_nginx_path_that_is_no_nginx_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NGINX_PATH", str(program(tmp_path / "mine", "echo sorry")))
    with pytest.raises(NginxNotFound, match="NGINX_PATH"):
        nginx_binary.find_nginx()


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

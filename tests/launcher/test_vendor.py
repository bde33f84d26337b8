"""Fetching Socket.IO's browser client."""

from pathlib import Path

import pytest

from launcher import vendor
from launcher.errors import LauncherError


def test_the_client_in_place_is_the_pinned_one() -> None:
    assert vendor._is_pinned(vendor.FILE.read_bytes())


def test_a_client_that_is_there_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "client.js"
    file.write_bytes(vendor.FILE.read_bytes())
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(vendor.sys, "executable", "/nowhere/python")

    vendor.fetch_client(file)


def test_when_no_source_answers_each_failure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(vendor.sys, "executable", "/nowhere/python")

    with pytest.raises(LauncherError, match=r"(?s)online.*npm is not on PATH.*from_wheel"):
        vendor.fetch_client(tmp_path / "client.js")


def test_a_file_that_is_not_the_pinned_one_is_not_kept(tmp_path: Path) -> None:
    failures: list[str] = []

    def altered(folder: Path) -> bytes:
        return vendor.FILE.read_bytes() + b" "

    assert vendor._try(altered, failures) == b""
    assert failures == ["  altered: the file is not the pinned one"]

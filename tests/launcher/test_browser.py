"""Finding a browser to test with."""

from pathlib import Path

import pytest

from launcher import browser
from launcher.errors import BrowserNotFound


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_chrome_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "mine", "echo Chromium 1.2.3")
    monkeypatch.setenv("CHROME_PATH", str(named))

    assert browser.find_browser() == named


def test_a_chrome_path_that_is_no_browser_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROME_PATH", str(program(tmp_path / "mine", "echo sorry")))

    with pytest.raises(BrowserNotFound, match="CHROME_PATH"):
        browser.find_browser()


def test_a_stub_on_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "chromium", "echo 'install the chromium snap'; exit 1")
    real = program(tmp_path / "google-chrome", "echo Google Chrome 1.2.3")
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert browser.find_browser() == real


def test_without_any_browser_every_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(browser.sys, "executable", "/nowhere/python")

    with pytest.raises(BrowserNotFound) as failure:
        browser.find_browser()

    named = ["CHROME_PATH", "on PATH", "playwright install", "apt-get install", "@sparticuz/chromium", "--no-browser"]
    assert all(way in str(failure.value) for way in named)

"""Finding a browser to test with."""

from pathlib import Path

import pytest

from launcher import browser
from launcher.errors import BrowserNotFound
from tests.launcher.programs import program


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

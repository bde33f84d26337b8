"""What a setting names comes before all that could be found."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from launcher import browser, nginx_binary
from launcher.errors import BrowserNotFound, LauncherError, NginxNotFound
from tests.launcher.programs import program


class Sought(NamedTuple):
    """A program that is looked for: its setting, and what it says of itself."""

    setting: str
    find: Callable[[], Path]
    says: str
    not_found: type[LauncherError]


@pytest.fixture(
    params=[
        Sought("CHROME_PATH", browser.find_browser, "echo Chromium 1.2.3", BrowserNotFound),
        Sought("NGINX_PATH", nginx_binary.find_nginx, "echo nginx version: nginx/1.2.3 >&2", NginxNotFound),
    ],
    ids=lambda sought: sought.setting,
)
def sought(request: pytest.FixtureRequest) -> Sought:
    found: Sought = request.param
    return found


def test_what_the_setting_names_comes_first(sought: Sought, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "mine", sought.says)
    monkeypatch.setenv(sought.setting, str(named))
    assert sought.find() == named


def test_a_setting_that_names_something_else_is_told(
    sought: Sought, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sought.setting, str(program(tmp_path / "mine", "echo sorry")))
    with pytest.raises(sought.not_found, match=sought.setting):
        sought.find()

"""Settings of the web process: good ones, and sentences about bad ones."""

import stat
from pathlib import Path

import pytest

from app import config
from worker.errors import SettingError


def load(tmp_path: Path, **environ: str) -> dict[str, object]:
    return config.load({"DATA_DIR": str(tmp_path), **environ})


def test_it_listens_on_this_machine_alone_by_default(tmp_path: Path) -> None:
    assert load(tmp_path)["HOST"] == "127.0.0.1"


def test_a_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"ASYNC_MODE": "gevent"}, "ASYNC_MODE"),
        ({"SECURE_COOKIES": "maybe"}, "SECURE_COOKIES"),
        ({"ALERT_EMAILS": "nobody"}, "ALERT_EMAILS must have e-mail addresses with commas between them"),
        ({"ALERT_EMAILS": "a@example.com b@example.com"}, "ALERT_EMAILS"),
        (
            {"ALERT_EMAILS": ",".join(f"a{number}@example.com" for number in range(21))},
            "ALERT_EMAILS must have",
        ),
        ({"ALERT_QUEUE_SECONDS": "0"}, "ALERT_QUEUE_SECONDS"),
        ({"ALERT_MAILS_AN_HOUR": "many"}, "ALERT_MAILS_AN_HOUR"),
        ({"WEB_NAME": "a.b"}, "WEB_NAME"),
        ({"WEB_NAME": "a" * 33}, "WEB_NAME"),
        ({"HOST": "0.0.0.0", "TRUSTED_HOSTS": "board.example"}, "SECRET_KEY"),
        ({"HOST": "0.0.0.0", "SECRET_KEY": "secret", "TRUSTED_HOSTS": "board.example"}, "SECRET_KEY"),
        ({"HOST": "0.0.0.0", "SECRET_KEY": "x" * 40}, "TRUSTED_HOSTS"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=named):
        load(tmp_path, **environ)


def test_a_public_address_with_a_secret_and_a_name_is_served(tmp_path: Path) -> None:
    settings = load(tmp_path, HOST="0.0.0.0", SECRET_KEY="x" * 40, TRUSTED_HOSTS="board.example, b.example")
    assert settings["TRUSTED_HOSTS"][:2] == ["board.example", "b.example"]  # type: ignore[index]


@pytest.mark.parametrize("origins", ["board.example", "https://", "https://a@b.example", "ftp://b", "https://b:x", "*"])
def test_what_is_no_origin_stops_the_start(tmp_path: Path, origins: str) -> None:
    with pytest.raises(SettingError, match="TRUSTED_ORIGINS"):
        load(tmp_path, SECRET_KEY="x" * 40, TRUSTED_ORIGINS=origins)


def test_origins_are_compared_as_browsers_write_them_and_their_hosts_are_trusted(tmp_path: Path) -> None:
    origins = "HTTPS://Board.example:443/, http://b.example:8080"
    settings = load(tmp_path, SECRET_KEY="x" * 40, TRUSTED_ORIGINS=origins)
    assert settings["TRUSTED_ORIGINS"] == {"https://board.example", "http://b.example:8080"}
    assert {"board.example", "b.example"} <= set(settings["TRUSTED_HOSTS"])  # type: ignore[call-overload]


def test_whoever_names_an_origin_is_public_and_needs_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="SECRET_KEY"):
        load(tmp_path, TRUSTED_ORIGINS="https://board.example")


@pytest.mark.parametrize(("given", "secure"), [("", True), ("false", False), ("true", True)])
def test_cookies_are_secure_behind_tls_unless_told_otherwise(tmp_path: Path, given: str, secure: bool) -> None:
    origins = {"TRUSTED_ORIGINS": "https://board.example", "SECRET_KEY": "x" * 40}
    assert load(tmp_path, SECURE_COOKIES=given, **origins)["SESSION_COOKIE_SECURE"] is secure


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"PORT": "5001"}, "http://127.0.0.1:5001"),
        ({"TRUSTED_HOSTS": "board.example, b.example"}, "http://board.example:5000"),
        ({"TRUSTED_ORIGINS": "https://board.example"}, "https://board.example"),
        ({"TRUSTED_ORIGINS": "https://b.example", "PUBLIC_URL": "https://board.example/b/"}, "https://board.example/b"),
    ],
)
def test_links_in_mails_lead_to_where_people_find_the_site(tmp_path: Path, environ: dict[str, str], url: str) -> None:
    assert load(tmp_path, SECRET_KEY="x" * 40, **environ)["PUBLIC_URL"] == url


@pytest.mark.parametrize(
    "url", ["board.example", "ftp://b.example", "https://b.example/?a", "https://u@b.example", "https://b\nc"]
)
def test_a_public_url_that_is_none_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingError, match="PUBLIC_URL"):
        load(tmp_path, PUBLIC_URL=url)

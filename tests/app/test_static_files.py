"""Scripts and sheets come compressed, are kept for ever, and are new when any of them has changed."""

import gzip
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from app.guard import StartResponse
from app.static_files import StaticFiles
from tests.processes import ROOT, Service

SCRIPT, SMALL, UNVERSIONED = "js/format.js", "js/small.js", "/static/js/format.js"
GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "static"
    shutil.copytree(ROOT / "static", copy)
    (copy / SMALL).write_text("x = 1;\n")
    (copy / ".hidden").write_text("not for the world")
    return copy


@pytest.fixture
def files(folder: Path) -> StaticFiles:
    return StaticFiles(folder)


def get(files: StaticFiles, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> TestResponse:
    return Client(files.serve(not_found)).open(path, method=method, headers=dict(headers or {}))


def not_found(environ: Mapping[str, object], start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [])
    return [b""]


def test_who_takes_gzip_gets_it_and_everybody_gets_the_same_text(files: StaticFiles, folder: Path) -> None:
    for refusal in ({}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0"}):
        plain = get(files, files.url(SCRIPT), refusal)
        assert "Content-Encoding" not in plain.headers
        assert plain.data == (folder / SCRIPT).read_bytes()
    compressed = get(files, files.url(SCRIPT), GZIP)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain.data
    assert len(compressed.data) < len(plain.data) / 2
    for answer in (plain, compressed):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == "text/javascript"


def test_what_gets_no_smaller_is_left_as_it_is(files: StaticFiles) -> None:
    answer = get(files, files.url(SMALL), GZIP)
    assert answer.data == b"x = 1;\n"
    assert not {"Content-Encoding", "Vary"} & set(answer.headers.keys())


def test_what_a_browser_has_is_not_sent_again_and_each_encoding_has_its_own_mark(files: StaticFiles) -> None:
    marks = {}
    for name, headers in {"plain": {}, "compressed": GZIP}.items():
        mark = marks[name] = get(files, UNVERSIONED, headers).headers["ETag"]
        again = get(files, UNVERSIONED, headers | {"If-None-Match": mark})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == mark
    assert marks["plain"] != marks["compressed"]
    other = get(files, UNVERSIONED, GZIP | {"If-None-Match": marks["plain"]})
    assert other.status_code == 200, "a mark of the one encoding is none of the other"


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_a_head_says_what_a_get_would_without_the_body(files: StaticFiles, headers: dict[str, str]) -> None:
    asked, got = (get(files, files.url(SCRIPT), headers, method) for method in ("HEAD", "GET"))
    assert asked.data == b""
    assert asked.headers == got.headers
    assert int(asked.headers["Content-Length"]) == len(got.data)


def test_a_part_that_is_asked_for_is_answered_with_the_whole(files: StaticFiles) -> None:
    answer = get(files, files.url(SCRIPT), {"Range": "bytes=0-9"})
    assert answer.status_code == 200
    assert "Accept-Ranges" not in answer.headers


def test_only_the_address_of_this_version_is_kept_for_ever(files: StaticFiles) -> None:
    assert "immutable" in get(files, files.url(SCRIPT)).headers["Cache-Control"]
    for path in (f"/static/{SCRIPT}", f"/static/{'0' * 12}/{SCRIPT}"):
        answer = get(files, path)
        assert answer.status_code == 200, "a page of another version may ask for it"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_each_address_changes_when_any_file_does(files: StaticFiles, folder: Path) -> None:
    assert StaticFiles(folder).url(SCRIPT) == files.url(SCRIPT), "void: it changes by itself"
    (folder / SMALL).write_text("x = 2;\n")
    assert StaticFiles(folder).url(SCRIPT) != files.url(SCRIPT)


def test_a_text_for_a_page_is_of_the_version_that_is_served_also_while_files_change(
    files: StaticFiles, folder: Path
) -> None:
    (folder / SMALL).write_text("x = 2;\n")
    assert files.text(SMALL) == get(files, files.url(SMALL)).text == "x = 1;\n"
    with pytest.raises(KeyError):
        files.text("js/none.js")


def test_nothing_but_the_files_is_there(files: StaticFiles) -> None:
    for name in ("js/none.js", ".hidden", "../app/config.py", "js/../../app/config.py", "js", ""):
        assert get(files, f"/static/{name}").status_code == 404, name
        assert get(files, f"/static/{files.version}/{name}").status_code == 404, name
    assert get(files, files.url(SCRIPT), method="POST").status_code == 404
    with pytest.raises(KeyError):
        files.url("js/none.js")


def test_a_running_web_serves_them_with_strict_headers(web: Service) -> None:
    page, headers = ask(web, "/", GZIP)
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    plain, headers = ask(web, "/", {})
    assert "Content-Encoding" not in headers
    assert gzip.decompress(page) == plain
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', plain.decode()):
        content, headers = ask(web, path, GZIP)
        assert content
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert path.endswith(".css") or headers["Content-Security-Policy"] == "default-src 'self'"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "immutable" in headers["Cache-Control"]


def test_a_short_answer_and_a_head_are_left_alone(web: Service) -> None:
    content, headers = ask(web, "/healthz", GZIP)
    assert "Content-Encoding" not in headers
    assert content.startswith(b"{")
    content, headers = ask(web, "/", GZIP, "HEAD")
    assert content == b""
    assert headers["Content-Encoding"] == "gzip"


def test_an_answer_on_a_kept_connection_does_not_wait_for_a_receipt(web: Service) -> None:
    """Each waited 40 ms, as long as the system waits with a receipt: many times what it takes on a new connection."""
    kept = HTTPConnection("127.0.0.1", web.port, timeout=10)
    on_kept = sorted(seconds(web, kept) for _ in range(30))[15]
    on_new = sorted(seconds(web, HTTPConnection("127.0.0.1", web.port, timeout=10)) for _ in range(30))[15]
    kept.close()
    assert on_kept < 3 * on_new


def seconds(web: Service, connection: HTTPConnection) -> float:
    started = time.monotonic()
    connection.request("GET", "/")
    connection.getresponse().read()
    return time.monotonic() - started


def ask(web: Service, path: str, headers: Mapping[str, str], method: str = "GET") -> tuple[bytes, Mapping[str, str]]:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=10)
    try:
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        assert answer.status == 200, path
        return answer.read(), dict(answer.headers)
    finally:
        connection.close()

"""A bar in a page of one's own, on another site: the page that docs/your-own-tasks.md shows."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import ROOT, Service
from worker import events, states
from worker.stream import Log

BOARD = "http://127.0.0.1:5000"


class Quiet(SimpleHTTPRequestHandler):
    """Files, without a line for each request."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Another site; it has the page once `put` has put it there."""
    shutil.copy(ROOT / "static" / "vendor" / "socket.io.min.js", tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def put(folder: Path, web: Service) -> None:
    """The documents' page, for this web."""
    document = (ROOT / "docs" / "your-own-tasks.md").read_text()
    (page,) = re.findall(r"```html\n(.*?)```", document, re.DOTALL)
    assert page.count(BOARD) == 1
    (folder / "index.html").write_text(page.replace(BOARD, web.url))


def told(log: Log, current: int) -> None:
    fields = {"current": current, "total": 4, "note": f"order {current}"}
    log.append(events.Event("task-progressed", "t1", states.PROGRESS, "r", current, "progress_at", fields))


def test_it_shows_the_progress_and_catches_up_after_the_web_was_away(
    site: str,
    start_web: Callable[..., Service],
    log: Log,
    page: Page,
    recordings: dict[Page, Recording],
    tmp_path: Path,
) -> None:
    web = start_web(TRUSTED_ORIGINS=site, SECRET_KEY="x" * 32)
    put(tmp_path, web)
    recordings[page].allow("WebSocket connection", "favicon", "404")
    log.append(events.Event("task-started", "t1", states.STARTED, "r", 0, "started_at", {"worker": "w@h"}))
    page.goto(f"{site}/?task=t1")
    expect(page.locator("output")).to_have_text("STARTED")
    told(log, 1)
    expect(page.locator("output")).to_have_text("order 1")
    expect(page.locator("progress")).to_have_js_property("value", 0.25)

    web.kill()
    expect(page.locator("output")).to_have_text("reconnecting…")
    told(log, 3)
    web.start()
    expect(page.locator("output")).to_have_text("order 3", timeout=15_000)
    log.append(events.ended("succeeded", "t1", states.SUCCESS, "r", summary="42 orders"))
    expect(page.locator("output")).to_have_text("42 orders")

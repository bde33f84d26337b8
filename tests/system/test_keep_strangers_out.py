"""What tasks say is text on the page, and what other sites send is refused."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker.store import Table

NASTY = "<script>window.stolen=1</script><img src=x onerror=window.stolen=1>\u202egnp.exe\x1b[31m\x07"
SHOWN = "<script>window.stolen=1</script><img src=x onerror=window.stolen=1>[U+202E]gnp.exe␇"
FOREIGN_ORIGINS = ["http://evil.example", "null", "file://", "https://{host}", "http://{host}.evil.example"]


def test_what_a_task_says_is_shown_as_text_whatever_it_is(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    task_id = screen.send_task(redis_url, "trial.tell", note=NASTY)
    screen.wait_for_end(table, task_id)
    screen.open_page(page, web.url)
    expect(screen.row(page, task_id).locator(".task-row-note")).to_have_text(SHOWN)
    assert_harmless(page)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(page.locator(".result-card-value")).to_have_text(SHOWN)
    expect(page.locator(".task-detail-kwargs")).to_contain_text("<img src=x onerror=")
    assert_harmless(page)


def test_a_tasks_name_is_shown_as_text_whatever_it_is(
    web: Service, worker: Service, table: Table, page: Page, redis_url: str
) -> None:
    screen.open_page(page, web.url)
    task_id = screen.send_task(redis_url, NASTY)
    wait_until(lambda: table.row(task_id), what="the worker tells of it")
    row = screen.row(page, task_id)
    expect(row).to_contain_text("window.stolen=1")
    expect(row).to_contain_text("[U+202E]")
    assert_harmless(page)
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(page.locator("task-detail")).to_contain_text("[U+202E]")
    assert_harmless(page)


def test_every_page_has_a_strict_policy_that_bites(web: Service, page: Page, recordings: dict[Page, Recording]) -> None:
    recordings[page].allow("Content Security Policy")
    answer = page.goto(web.url)
    assert answer
    policy = answer.headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*);", policy)
    assert scripts and re.fullmatch(r"'self' 'sha256-[\w+/=]+'", scripts[1]), "but for the page's own"
    assert "default-src 'none'" in policy and "unsafe" not in policy
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.stolen = 1'}))"
    )
    wait_until(lambda: page.evaluate("window.violations").count("script-src-elem") == 1, what="the policy bites")
    assert page.evaluate("window.stolen") is None


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_starts_nothing_and_hears_nothing(origin: str, web: Service, table: Table) -> None:
    foreign = {"Origin": origin.format(host=f"127.0.0.1:{web.port}")}
    own = {"Origin": web.url}
    for path in ("/", "/longtask", "/mailings"):
        assert status_of(f"{web.url}{path}", b"email=ada@example.com&submit=Send", foreign) == 403
    assert table.board().rows == []
    handshake = f"{web.url}/socket.io/?EIO=4&transport=polling"
    assert status_of(handshake, None, foreign) == 400
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    upgrade["Sec-WebSocket-Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    assert status_of(f"{web.url}/socket.io/?EIO=4&transport=websocket", None, foreign | upgrade) == 400
    assert status_of(handshake, None, own) == 200, "void: nobody is let in"
    assert status_of(f"{web.url}/longtask", b"", own) == 202, "void: nobody may start a task"


def test_a_foreign_host_is_refused_everywhere(web: Service) -> None:
    for path in ("/", "/healthz", "/static/js/main.js", "/socket.io/?EIO=4&transport=polling"):
        assert status_of(f"{web.url}{path}", None, {"Host": "evil.example"}) == 400
        assert status_of(f"{web.url}{path}", None, {"Host": f"localhost:{web.port}"}) == 200, "void: none is let in"


def assert_harmless(page: Page) -> None:
    assert page.evaluate("window.stolen") is None
    assert page.evaluate("window.violations") == []
    assert page.locator("task-board img, task-board script, task-detail img, task-detail script").count() == 0


def status_of(url: str, body: bytes | None, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code

"""What a page says, and what it ends with, when web, Redis or a worker fail for longer, or data is lost."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
import redis
from playwright.sync_api import Page, expect

from launcher.redis_server import RedisServer
from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker.store import Table

AWAY_S = 6.0
OFFLINE = re.compile(r"^Offline since (\d\d:\d\d)$")
CONNECTION_ERRORS = ("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
GONE = "This task is not kept any longer. Shown is the last that was known."
STARTED_ANEW = "The task log was started anew. Tasks that Redis no longer has are gone from here."


@pytest.fixture(scope="session")
def redis_server() -> None:
    """Nobody in this file uses the one that all share."""


@pytest.fixture
def redis_url(own_redis: RedisServer) -> str:
    return own_redis.url


@pytest.fixture
def watch_task(
    new_page: Callable[..., Page], recordings: dict[Page, Recording], redis_url: str
) -> Callable[..., tuple[list[Page], str]]:
    """Start a task; the board and the task's own page, both live, when it runs: `pages, task_id = watch_task(web)`."""

    def start(web: Service, name: str = "trial.count", **arguments: object) -> tuple[list[Page], str]:
        board = screen.open_page(new_page(), web.url)
        task_id = screen.send_task(redis_url, name, **arguments)
        expect(screen.state(screen.row(board, task_id))).to_have_text("Running")
        detail = screen.open_page(new_page(), f"{web.url}/tasks/{task_id}")
        for page in (board, detail):
            recordings[page].allow(*CONNECTION_ERRORS)
        return [board, detail], task_id

    return start


@pytest.mark.parametrize("part", ["web", "redis"])
def test_what_is_away_for_6_seconds_is_said_to_be_offline_since_when(
    part: str,
    web: Service,
    worker: Service,
    own_redis: RedisServer,
    table: Table,
    watch_task: Callable[..., tuple[list[Page], str]],
    recordings: dict[Page, Recording],
) -> None:
    pages, task_id = watch_task(web, total=160, pause_s=0.1)
    broken_at = time.time()
    web.kill() if part == "web" else own_redis.stop()
    for page in pages:
        expect(screen.standing(page)).to_have_text(OFFLINE, timeout=8_000)
        assert told_time(page) in {clock(broken_at), clock(broken_at + 2)}, "offline since when it broke, not since now"
        assert page.evaluate("document.documentElement.hasAttribute('data-stale')"), (
            "old numbers look as if they were new"
        )
    wait_until(lambda: time.time() - broken_at > AWAY_S, what="it was away for so long")
    assert screen.LIVE not in screen.standings(pages[0], broken_at + 1)
    for page in pages:
        assert told_since(page, task_id, broken_at + 1) <= 1, "a number changed that nobody could have told"
    web.start() if part == "web" else own_redis.restart()
    back_at = time.time()

    for page in pages:
        expect(screen.standing(page)).to_have_text(screen.LIVE)
    assert time.time() - back_at < 3
    assert table.row(task_id)["state"] == "PROGRESS", "void: it ended before the outage did"  # type: ignore[index]
    asked_before = [len(recordings[page].requests) for page in pages]
    screen.wait_for_end(table, task_id)
    expect(screen.state(screen.row(pages[0], task_id))).to_have_text("Succeeded")
    assert_quiet(pages, recordings, asked_before)
    screen.assert_board_is_exact(pages[0], table, task_id)
    screen.assert_task_page_is_exact(pages[1], table, task_id)


def test_redis_lost_its_data_and_a_task_that_says_little_appears_again(
    web: Service, worker: Service, redis_client: "redis.Redis", watch_task: Callable[..., tuple[list[Page], str]]
) -> None:
    (board, detail), task_id = watch_task(web, total=2, pause_s=5)
    redis_client.flushall()
    expect(board.locator(".connection-notice")).to_have_text(STARTED_ANEW)
    expect(screen.row(board, task_id)).to_have_count(0)
    expect(detail.locator(".task-detail-gone")).to_have_text(GONE)
    expect(detail.locator(".connection-notice")).to_be_hidden()

    for shown in (screen.row(board, task_id), detail.locator("task-detail")):
        expect(screen.state(shown)).to_have_text("Succeeded", timeout=15_000)
    expect(detail.locator(".task-detail-gone")).to_be_hidden()
    expect(screen.standing(detail)).to_have_text(screen.LIVE)
    assert screen.was_never_reloaded(board) and screen.was_never_reloaded(detail)


def test_the_worker_is_killed_and_its_task_is_said_to_be_lost(
    web: Service,
    worker: Service,
    start_worker: Callable[..., Service],
    table: Table,
    watch_task: Callable[..., tuple[list[Page], str]],
    recordings: dict[Page, Recording],
) -> None:
    pages, task_id = watch_task(web, "trial.sleep", for_s=60)
    start_worker("-I", "tests.trial_tasks", "-n", "other@%h", "--concurrency=1")
    asked_before = [len(recordings[page].requests) for page in pages]
    worker.kill()
    for shown in (screen.row(pages[0], task_id), pages[1].locator("task-detail")):
        expect(screen.state(shown)).to_have_text("Lost", timeout=20_000)
        expect(shown).to_contain_text("Its worker vanished while it ran")
    assert_quiet(pages, recordings, asked_before)
    screen.assert_board_is_exact(pages[0], table, task_id)


def test_a_task_expires_while_its_page_is_open(
    start_web: Callable[..., Service],
    start_worker: Callable[..., Service],
    table: Table,
    redis_url: str,
    watch_task: Callable[..., tuple[list[Page], str]],
    recordings: dict[Page, Recording],
) -> None:
    web = start_web(KEPT_TASKS="100")
    start_worker("-I", "tests.trial_tasks", "--concurrency=2", KEPT_TASKS="100")
    (_, detail), task_id = watch_task(web, total=4, pause_s=0.5)
    expect(screen.state(detail.locator("task-detail"))).to_have_text("Succeeded")
    for _ in range(110):
        screen.send_task(redis_url, "trial.count", total=1)
    wait_until(lambda: table.row(task_id) is None, 20, "the task expires")

    expect(detail.locator(".task-detail-gone")).to_have_text(GONE)
    expect(screen.state(detail.locator("task-detail"))).to_have_text("Succeeded")
    recordings[detail].allow("404")
    answer = detail.goto(f"{web.url}/tasks/{task_id}")
    assert answer and answer.status == 404
    expect(detail.locator("main")).to_contain_text("Not found")


def clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M")


def told_time(page: Page) -> str:
    """The time in "Offline since 14:03"."""
    found = OFFLINE.match(screen.standing(page).inner_text())
    assert found
    return found[1]


def told_since(page: Page, task_id: str, since: float) -> int:
    """How many different numbers stood there since then."""
    return len({view.tasks[task_id]["note"] for view in screen.seen(page) if view.at > since and task_id in view.tasks})


def assert_quiet(pages: Sequence[Page], recordings: dict[Page, Recording], asked_before: Sequence[int]) -> None:
    """Not one page was reloaded, and not one has asked for anything since: all that it shows was pushed."""
    for page, before in zip(pages, asked_before, strict=True):
        assert screen.was_never_reloaded(page)
        asked = [request for request in recordings[page].requests[before:] if "/icons/" not in request]
        assert asked == [], "it polls"

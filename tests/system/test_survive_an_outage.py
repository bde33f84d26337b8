"""What a person watches goes on after web or Redis were away: no reload, nothing wrong, nothing old called live."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Page, expect

from launcher.redis_server import RedisServer
from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker import events
from worker.store import Table
from worker.stream import Log

AWAY = re.compile("Reconnecting…|Offline since")
CONNECTION_ERRORS = ("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
BUSY_S = 1.5
"""What a machine that does other things adds to each bound of time."""


@pytest.fixture(scope="session")
def redis_server() -> None:
    """Nobody in this file uses the one that all share."""


@pytest.fixture
def redis_url(own_redis: RedisServer) -> str:
    return own_redis.url


@pytest.fixture
def finish(tmp_path: Path) -> Path:
    """The file that lets the task come to its end."""
    return tmp_path / "finish"


@pytest.fixture
def watched(
    web: Service,
    worker: Service,
    new_page: Callable[..., Page],
    recordings: dict[Page, Recording],
    redis_url: str,
    finish: Path,
) -> tuple[Page, Page, str]:
    """The board, and the page of a task that is under way."""
    board = screen.open_page(new_page(), web.url)
    task_id = screen.send_task(redis_url, "trial.count_until", path=str(finish))
    expect(screen.state(screen.row(board, task_id))).to_have_text("Running")
    detail = screen.open_page(new_page(), f"{web.url}/tasks/{task_id}")
    for page in (board, detail):
        recordings[page].allow(*CONNECTION_ERRORS)
    return board, detail, task_id


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_the_web_process_ends_and_comes_back_while_the_task_goes_on(
    how: str, web: Service, table: Table, watched: tuple[Page, Page, str], redis_url: str, finish: Path
) -> None:
    board, detail, task_id = watched
    asked_at = time.time()
    exit_code = web.kill() if how == "SIGKILL" else web.stop()
    gone_at = time.time()
    for page in (board, detail):
        expect(screen.standing(page)).to_have_text(AWAY)
    noticed_at = time.time()
    other_id = screen.send_task(redis_url, "trial.count", total=3)
    screen.wait_for_end(table, other_id)
    time.sleep(1)  # the fault lasts so long
    back_at = time.time()
    web.start()

    assert exit_code == (0 if how == "SIGTERM" else -9)
    for page in (board, detail):
        assert turned(page, asked_at, live=False) - gone_at < 1 + BUSY_S
    assert_healed(table, watched, noticed_at, back_at, finish)
    expect(screen.state(screen.row(board, other_id))).to_have_text("Succeeded")
    screen.assert_board_is_exact(board, table, task_id, other_id)
    assert not table.row(task_id)["retries"]  # type: ignore[index]


def test_redis_is_stopped_for_3_seconds(
    own_redis: RedisServer, table: Table, watched: tuple[Page, Page, str], finish: Path
) -> None:
    board, detail, _ = watched
    own_redis.stop()
    for page in (board, detail):
        expect(screen.standing(page)).to_have_text(AWAY)
    noticed_at = time.time()
    time.sleep(3)  # the fault lasts so long
    back_at = time.time()
    own_redis.restart()

    assert_healed(table, watched, noticed_at, back_at, finish)
    screen.assert_board_is_exact(board, table, watched[2])


def test_a_page_that_is_opened_meanwhile_says_why_it_is_empty_and_fills_by_itself(
    own_redis: RedisServer, web: Service, log: Log, page: Page, recordings: dict[Page, Recording]
) -> None:
    log.append(events.sent("t1", "shop.count", "shop"))
    own_redis.stop()
    recordings[page].allow(*CONNECTION_ERRORS)
    page.goto(web.url)
    expect(screen.standing(page)).to_have_text(re.compile("Offline since"), timeout=15_000)
    expect(page.locator(".connection-notice")).to_contain_text("Nothing can be read just now")
    own_redis.restart()
    log.append(events.sent("t2", "shop.count", "shop"))
    expect(screen.row(page, "t2")).to_be_visible(timeout=15_000)
    # If it was filled before the web had followed the log again, it now says that the log was started anew.
    expect(page.locator(".connection-notice")).not_to_contain_text("Nothing can be read")


def test_all_of_redis_is_flushed_and_the_running_task_appears_again(
    table: Table, watched: tuple[Page, Page, str], redis_client: "redis.Redis", redis_url: str, finish: Path
) -> None:
    board, detail, task_id = watched
    old_id = screen.send_task(redis_url, "trial.count", total=1)
    screen.wait_for_end(table, old_id)
    expect(screen.row(board, old_id)).to_be_visible()
    redis_client.flushall()
    expect(board.locator(".connection-notice")).to_contain_text("The task log was started anew")
    expect(screen.row(board, old_id)).to_have_count(0)
    expect(screen.state(screen.row(board, task_id))).to_have_text("Running")
    expect(screen.row(board, task_id).locator(".task-row-name")).to_have_text("trial.count_until")
    assert table.row(task_id)["state"] == "PROGRESS", "it came back at its end only"  # type: ignore[index]

    finish.touch()
    screen.wait_for_end(table, task_id)
    expect(screen.state(detail.locator("task-detail"))).to_have_text("Succeeded")
    assert screen.was_never_reloaded(board) and screen.was_never_reloaded(detail)
    screen.assert_board_is_exact(board, table, task_id)


def assert_healed(
    table: Table, watched: tuple[Page, Page, str], noticed_at: float, back_at: float, finish: Path
) -> None:
    """Live within 2 s after the return and never in between, the steps in order, the end exact, no reload."""
    answers_at = time.time()
    board, detail, task_id = watched
    for page in (board, detail):
        expect(screen.standing(page)).to_have_text(screen.LIVE)
        assert screen.LIVE not in screen.standings(page, noticed_at, back_at)
        assert turned(page, back_at, live=True) - answers_at < 2 + BUSY_S
    assert table.row(task_id)["state"] == "PROGRESS", "void: it ended before the outage did"  # type: ignore[index]
    finish.touch()
    expect(screen.state(screen.row(board, task_id))).to_have_text("Succeeded")
    for page in (board, detail):
        assert screen.was_never_reloaded(page)
    notes = [note for note in screen.seen_of(board, task_id, "note") if note.startswith("step ")]
    assert notes == sorted(notes, key=lambda note: int(note.removeprefix("step ")))
    screen.assert_task_page_is_exact(detail, table, task_id)


def turned(page: Page, after: float, live: bool) -> float:
    """When the page began to call itself live, or no longer did."""

    def times() -> list[float]:
        return [view.at for view in screen.seen(page) if view.at >= after and (view.standing == screen.LIVE) is live]

    wait_until(times, what=f"the page is {'live again' if live else 'not live any more'}")
    return times()[0]

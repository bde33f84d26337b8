"""A person watches through nginx while one of two web processes is killed: no reload, nothing wrong at the end."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.balancer import Balancer
from tests.browsers import Recording
from tests.processes import Service, wait_until
from tests.system import screen
from worker.store import Table

Site = tuple[Balancer, list[Service]]
CONNECTION_ERRORS = ("WebSocket connection", "502 \\(Bad Gateway\\)", "400 \\(B", "ERR_")


def web_of(recording: Recording) -> str:
    """The web that the page is connected to: the session's id says so, in an address or in the socket's first words."""
    told = [*recording.requests, *recording.received]
    return str(re.findall(r'sid(?:=|":")([a-z])\.', "\n".join(told))[-1])


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_web_of_a_page_is_killed_and_the_page_goes_on_with_the_other(
    transport: str,
    start_site: Callable[[int], Site],
    worker: Service,
    table: Table,
    context: BrowserContext,
    new_page: Callable[..., Page],
    recordings: dict[Page, Recording],
    redis_url: str,
) -> None:
    balancer, webs = start_site(2)
    if transport == "polling":
        context.add_init_script("delete window.WebSocket")
    page = new_page()
    recordings[page].allow(*CONNECTION_ERRORS)
    page.add_init_script(screen.OWN_SOCKET)
    screen.open_page(page, balancer.url)
    task_id = screen.send_task(redis_url, "trial.count", total=60, pause_s=0.1)
    expect(screen.state(screen.row(page, task_id))).to_have_text("Running")

    killed_at = time.time()
    webs["ab".index(web_of(recordings[page]))].kill()
    wait_until(lambda: {"Reconnecting…"} & screen.standings(page, killed_at), 5, "the page says so")
    away_from = next(view.at for view in screen.seen(page) if view.at >= killed_at and view.standing != screen.LIVE)
    expect(screen.standing(page)).to_have_text(screen.LIVE)
    live_at = next(view.at for view in screen.seen(page) if view.at > away_from and view.standing == screen.LIVE)
    print(f"{transport}: live again {live_at - killed_at:.2f} s after the kill")  # noqa: T201 - a figure, for pytest -s
    assert live_at - killed_at < 2
    assert table.row(task_id)["state"] == "PROGRESS", "void: the task ended before that"  # type: ignore[index]

    expect(screen.state(screen.row(page, task_id))).to_have_text("Succeeded", timeout=15_000)
    notes = [note for note in screen.seen_of(page, task_id, "note") if note.startswith("step ")]
    assert notes == sorted(notes, key=lambda note: int(note.removeprefix("step ")))
    assert screen.was_never_reloaded(page)
    screen.assert_board_is_exact(page, table, task_id)

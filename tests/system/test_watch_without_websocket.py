"""A person whose browser or proxy lets no WebSocket through sees the same."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browsers import Recording
from tests.processes import Service
from tests.system import screen
from tests.system.proxy import Proxy
from worker.store import Table


def test_a_browser_without_websocket_polls_long_and_ends_exact(
    web: Service,
    worker: Service,
    table: Table,
    context: BrowserContext,
    page: Page,
    recordings: dict[Page, Recording],
    redis_url: str,
) -> None:
    context.add_init_script("delete window.WebSocket")
    page.add_init_script(screen.OWN_SOCKET)
    screen.open_page(page, web.url)
    watch_two_tasks(page, table, redis_url)
    assert recordings[page].sockets == []


def test_behind_a_proxy_that_refuses_websockets_long_polling_takes_over(
    web: Service, worker: Service, table: Table, page: Page, recordings: dict[Page, Recording], redis_url: str
) -> None:
    recordings[page].allow("WebSocket connection")
    page.add_init_script(screen.OWN_SOCKET)
    with Proxy(web.port) as proxy:
        screen.open_page(page, proxy.url)
        assert proxy.refused, "void: no WebSocket was tried"
        watch_two_tasks(page, table, redis_url)
        page.close()


def watch_two_tasks(page: Page, table: Table, redis_url: str) -> None:
    with page.expect_request(lambda request: "transport=polling" in request.url):
        ids = [screen.send_task(redis_url, "trial.count", total=20, pause_s=0.1) for _ in range(2)]
    for task_id in ids:
        expect(screen.state(screen.row(page, task_id))).to_have_text("Succeeded")
        assert len(screen.seen_of(page, task_id, "note")) > 5
    screen.assert_board_is_exact(page, table, *ids)

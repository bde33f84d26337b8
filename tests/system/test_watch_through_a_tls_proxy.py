"""A person opens the board at its public address, where nginx ends TLS."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from launcher import ports
from tests.balancer import Balancer
from tests.browsers import Recording
from tests.processes import Service
from tests.system import screen

StartWeb = Callable[..., Service]


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context(ignore_https_errors=True)


def test_the_board_is_live_and_takes_orders(
    start_balancer: Callable[..., Balancer], start_web: StartWeb, page: Page, recordings: dict[Page, Recording]
) -> None:
    proxy = start_balancer({name: ports.free_port() for name in "ab"}, tls=True)
    for name, port in proxy.webs.items():
        start_web(WEB_NAME=name, PORT=str(port), TRUSTED_ORIGINS=proxy.url)
    page.add_init_script(screen.OWN_SOCKET)
    screen.open_page(page, proxy.url)
    assert [url.split("?")[0] for url in recordings[page].sockets] == [f"wss{proxy.url[5:]}/socket.io/"]
    page.get_by_role("button", name="long task").click()
    expect(page.locator("task-row:not([hidden])")).to_have_count(1)
    page.get_by_label("Send it to").fill("ada@example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Sending email to ada@example.com")).to_be_visible()
    page.close()

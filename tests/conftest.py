"""The real parts that tests run against: Redis, SMTP, web, worker and browser."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.balancer import Balancer
from tests.browsers import Recording, record
from tests.left_out import pytest_addoption, pytest_collection_modifyitems, pytest_unconfigure
from tests.processes import Service, new_web, new_worker
from tests.smtp_server import SmtpServer
from tests.watching import log, start_site, watch, web
from worker.sending import deliver_by

__all__ = ["log", "start_site", "watch", "web"]  # fixtures

PATIENCE_MS = 10_000
"""How long a page is given for what it does: tests run side by side, and some start whole browsers."""
__all__ += ["pytest_addoption", "pytest_collection_modifyitems", "pytest_unconfigure"]

deliver_by(lambda event: None)  # what the tests themselves send is told by the workers: no board is set here


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report: Any = yield
    if report.failed:
        for service in getattr(item, "services", []):
            report.sections.append((f"output of {service.name}", service.log()[-20_000:]))
    return report


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The one Redis of all tests. To stop and restart one, start your own RedisServer in `tmp_path`."""
    with RedisServer.start(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator["redis.Redis"]:
    """A client of the empty Redis that answers text."""
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
def session_smtp_server() -> Iterator[SmtpServer]:
    server = SmtpServer().start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(session_smtp_server: SmtpServer) -> SmtpServer:
    """A mail server without mails and without rules."""
    session_smtp_server.reset()
    return session_smtp_server


@pytest.fixture
def service_env(redis_url: str, smtp_server: SmtpServer, tmp_path: Path) -> dict[str, str]:
    """The settings that web and worker are started with."""
    return {
        "REDIS_URL": redis_url,
        "MAIL_SERVER": smtp_server.host,
        "MAIL_PORT": str(smtp_server.port),
        "MAIL_DEFAULT_SENDER": "pushboard@example.com",
        "DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": "only for tests, and long enough for them",
    }


@pytest.fixture
def services(request: pytest.FixtureRequest) -> Iterator[list[Service]]:
    """The processes of this test, ended after it whatever happened."""
    started: list[Service] = []
    request.node.services = started
    yield started
    for service in reversed(started):
        service.kill()  # at once: how they end when asked to is tested where it matters


@pytest.fixture
def start_web(services: list[Service], service_env: dict[str, str], tmp_path: Path) -> Callable[..., Service]:
    """Start `python -m app` and wait until it answers: `web = start_web(PORT="…")`, `web.url`."""

    def start(**env: str) -> Service:
        services.append(new_web(tmp_path / f"web-{len(services)}.log", **service_env | env))
        return services[-1].start()

    return start


@pytest.fixture
def start_worker(services: list[Service], service_env: dict[str, str], tmp_path: Path) -> Callable[..., Service]:
    """Start a worker and wait until it is ready: `start_worker("--concurrency=1", MAIL_PORT="…")`."""

    def start(*arguments: str, **env: str) -> Service:
        services.append(new_worker(tmp_path / f"worker-{len(services)}.log", *arguments, **service_env | env))
        return services[-1].start()

    return start


@pytest.fixture
def start_balancer() -> Iterator[Callable[..., Balancer]]:
    """Start nginx before webs that may start later: `start_balancer({"a": port, "b": port})`."""
    with ExitStack() as stack:
        yield lambda webs, **options: stack.enter_context(Balancer(webs, **options))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    path = browsers.find_browser()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=browsers.flags())
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open another browser of another person: nothing is shared with the first."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """The browser whose tabs `page` and `new_page` are."""
    return new_context()


@pytest.fixture
def recordings() -> dict[Page, Recording]:
    return {}


@pytest.fixture
def recorded(recordings: dict[Page, Recording]) -> Callable[[Page], Recording]:
    """What this page asked for, heard and complained about: `recorded(page).requests`."""
    return recordings.__getitem__


@pytest.fixture
def new_page(context: BrowserContext, recordings: dict[Page, Recording]) -> Iterator[Callable[..., Page]]:
    """Open another tab, of `context` or of the one given. An unexpected error in its console fails the test."""

    def open_page(within: BrowserContext | None = None) -> Page:
        page = (within or context).new_page()
        recordings[page] = record(page)
        return page

    yield open_page
    errors = [error for recording in recordings.values() for error in recording.unexpected_errors()]
    assert not errors, "the browser's console shows errors:\n" + "\n".join(errors)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A tab."""
    return new_page()

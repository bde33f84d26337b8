"""The whole program as a person meets it: web, worker, mail server and browser, with nothing left out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from launcher.redis_server import RedisServer
from tests.processes import Service
from tests.system.log_page import log_worker, logs, sender  # noqa: F401  # fixtures
from worker.store import Table
from worker.stream import connect


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Each page of it writes down what a person sees: tests/system/screen.py reads that."""

    def open_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.add_init_script(path=Path(__file__).with_name("seen.js"))
        return context

    return open_context


@pytest.fixture
def web(start_web: Callable[..., Service]) -> Service:
    return start_web()


@pytest.fixture
def worker(start_worker: Callable[..., Service]) -> Iterator[Service]:
    tasks = "tests.trial_tasks,tests.system.outage_tasks"
    service = start_worker("--concurrency=4", "-I", tasks, MAIL_RETRY_S="1")
    yield service
    service.kill()  # it would take its time to stop, and nobody needs it any more


@pytest.fixture
def table(redis_url: str) -> Iterator[Table]:
    """The truth that the pages have to show."""
    with connect(redis_url) as client:
        yield Table(client)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may stop: for files that override `redis_server` with it."""
    with RedisServer.start(tmp_path / "redis") as server:
        yield server

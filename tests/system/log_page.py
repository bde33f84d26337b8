"""The page of logs: a worker that logs, the page that shows it, and what a person sees there."""

import re
from collections.abc import Callable, Iterator

import pytest
from celery import Celery
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service
from tests.system import screen


@pytest.fixture
def sender(redis_url: str) -> Iterator[Celery]:
    with Celery(broker=redis_url, set_as_current=False) as opened:
        yield opened


@pytest.fixture
def log_worker(start_worker: Callable[..., Service]) -> Service:
    return start_worker("--concurrency=2", "--without-mingle", "-n", "logs@here", "-I", "tests.log_tasks")


@pytest.fixture
def logs(page: Page, web: Service, log_worker: Service) -> Page:
    screen.open_page(page, f"{web.url}/logs")
    expect(row(page, "logs@here ready.")).to_be_visible()
    return page


def row(page: Page, text: str) -> Locator:
    return page.locator(".log-row:visible", has_text=text)


def texts(page: Page) -> list[str]:
    return [text for text in page.locator(".log-row:visible .log-text").all_inner_texts() if text]


def field(page: Page, label: str) -> Locator:
    return page.locator(".log-filters label", has_text=re.compile(f"^\\s*{label}")).locator("input, select")

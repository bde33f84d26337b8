"""Workers that send mail, and mailings for them."""

from collections.abc import Callable, Iterator

import pytest

from tests.mailings import Mailings
from tests.processes import Service


@pytest.fixture
def mailings(redis_url: str) -> Iterator[Mailings]:
    """Mailings and other tasks on the empty Redis."""
    with Mailings(redis_url) as opened:
        yield opened


@pytest.fixture
def mail_worker(start_worker: Callable[..., Service]) -> Iterator[Callable[..., Service]]:
    """Start a worker that does not wait long for a mail server; it is killed after the test, which is quicker."""
    started: list[Service] = []

    def start(*arguments: str, **env: str) -> Service:
        quick = {"MAIL_RETRY_S": "0.2", "MAIL_TIMEOUT_S": "2"}
        started.append(start_worker(*(arguments or ("--concurrency=1",)), **quick | env))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()

"""What became of each recipient, as CSV."""

import csv
import io
import uuid
from collections.abc import Callable

import pytest
import redis

from tests.processes import Service
from tests.web_form import ask
from worker.ledger import NOT_KNOWN, REFUSED, SENDING, Claim, Ledger, Recipient


@pytest.fixture
def web(start_web: Callable[..., Service]) -> Service:
    return start_web()


def test_the_outcomes_cannot_run_in_a_spreadsheet(web: Service, redis_client: "redis.Redis") -> None:
    ledger = Ledger(redis_client, str(uuid.uuid4()))
    rows = [Recipient(2, "=cmd@example.com", {}), *(Recipient(n, f"r{n}@example.com", {}) for n in range(3, 6))]
    assert ledger.create("Hi", "x", [], rows)
    ledger.take_over("run")
    for place, outcome in enumerate((REFUSED, NOT_KNOWN, SENDING)):
        assert ledger.begin(place, Claim(SENDING, "run", 1))
        ledger.end(place, Claim(outcome, "run", 1, 0, '=HYPERLINK("evil")' if outcome == REFUSED else ""))
    rows_told = list(csv.reader(io.StringIO(ask(web.url, f"/mailings/{ledger.mailing_id}/recipients.csv").text)))[1:]
    assert rows_told[0] == ["2", "'=cmd@example.com", "refused", '\'=HYPERLINK("evil")']
    assert [row[2] for row in rows_told] == ["refused", "not known", "not known", "not tried"]


def test_the_outcomes_of_an_unknown_mailing_are_not_found(web: Service) -> None:
    for task_id in ("nobody", str(uuid.uuid4()), "*", "x" * 4_000, "..%2f..%2fetc"):
        assert ask(web.url, f"/mailings/{task_id}/recipients.csv").status == 404

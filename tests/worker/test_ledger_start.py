"""A mailing is written down once and started once, however often its button is pressed."""

import threading
import time
import uuid
from dataclasses import replace

import pytest
import redis

from worker.ledger import CLAIM_S, SENDING, Claim, Ledger, Recipient

ROWS = [Recipient(line, f"r{line}@example.com", {"email": f"r{line}@example.com"}) for line in (2, 3, 5)]
FIRST = Claim(SENDING, "run 1", 1)


@pytest.fixture
def ledger(redis_client: "redis.Redis") -> Ledger:
    ledger = Ledger(redis_client, str(uuid.uuid4()))
    assert ledger.create("Hi", "Body", ["email"], ROWS)
    return ledger


def test_what_was_written_down_is_read_again(ledger: Ledger) -> None:
    assert ledger.letter() == ("Hi", "Body")
    assert ledger.recipients() == ROWS
    assert ledger.claims() == {}


def test_creating_it_again_changes_nothing(ledger: Ledger) -> None:
    ledger.take_over("run 1")
    assert ledger.begin(0, FIRST)
    assert not ledger.create("Other", "Text", ["email"], ROWS[:1])
    assert ledger.letter() == ("Hi", "Body")
    assert ledger.recipients() == ROWS
    assert not ledger.begin(0, replace(FIRST, number=2))


def test_it_knows_its_own_content(ledger: Ledger) -> None:
    assert ledger.is_of("Hi", "Body", ROWS)
    assert not ledger.is_of("Hi", "Another body", ROWS)
    assert not ledger.is_of("Hi", "Body", ROWS[:2])


def test_only_one_of_many_creates_it(redis_client: "redis.Redis") -> None:
    mailing_id = str(uuid.uuid4())
    created = []
    threads = [
        threading.Thread(
            target=lambda: created.append(Ledger(redis_client, mailing_id).create("Hi", "B", ["email"], ROWS))
        )
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(created) == [False] * 19 + [True]
    assert len(Ledger(redis_client, mailing_id).recipients()) == 3


def test_only_one_press_starts_it(ledger: Ledger) -> None:
    assert [ledger.claim_start(), ledger.claim_start()] == ["claimed", "busy"]
    ledger.started()
    assert ledger.claim_start() == "started"


def test_a_start_that_failed_half_way_can_be_made_again(ledger: Ledger) -> None:
    assert ledger.claim_start() == "claimed"
    deadline = time.monotonic() + CLAIM_S + 10
    while ledger.claim_start() != "claimed":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_mailing_that_runs_is_started_even_if_nobody_could_note_it(ledger: Ledger) -> None:
    assert ledger.claim_start() == "claimed"
    ledger.take_over("run 1")
    assert ledger.claim_start() == "started"

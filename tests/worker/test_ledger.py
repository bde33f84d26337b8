"""Nobody is sent to twice, whatever is delivered twice, dies or comes late."""

import threading
import uuid
from dataclasses import replace

import pytest
import redis

from worker.ledger import (
    DEFERRED,
    KEEP_S,
    NOT_KNOWN,
    REFUSED,
    SENDING,
    SENT,
    Claim,
    Ledger,
    Recipient,
    Superseded,
    UnknownMailing,
)

ROWS = [Recipient(line, f"r{line}@example.com", {"email": f"r{line}@example.com"}) for line in (2, 3, 5)]
FIRST = Claim(SENDING, "run 1", 1)


@pytest.fixture
def ledger(redis_client: "redis.Redis") -> Ledger:
    ledger = Ledger(redis_client, str(uuid.uuid4()))
    assert ledger.create("Hi", "Body", ["email"], ROWS)
    return ledger


@pytest.fixture
def taken(ledger: Ledger) -> Ledger:
    ledger.take_over("run 1")
    return ledger


def test_a_recipient_is_claimed_once(taken: Ledger) -> None:
    assert taken.begin(0, FIRST)
    assert not taken.begin(0, replace(FIRST, number=2))
    for outcome in (SENT, REFUSED, NOT_KNOWN):
        assert taken.end(0, replace(FIRST, outcome=outcome)) is (outcome == SENT)
        assert not taken.begin(0, replace(FIRST, number=2))


def test_a_claim_whose_answer_was_lost_can_be_asked_for_again(taken: Ledger) -> None:
    assert taken.begin(0, FIRST)
    assert taken.begin(0, FIRST)
    assert taken.end(0, replace(FIRST, outcome=SENT))
    assert taken.end(0, replace(FIRST, outcome=SENT))
    assert not taken.begin(0, FIRST)


def test_who_was_put_off_is_claimed_again_by_a_higher_number_only(taken: Ledger) -> None:
    taken.begin(0, FIRST)
    assert taken.end(0, replace(FIRST, outcome=DEFERRED, tries=1))
    assert not taken.begin(0, FIRST)  # came late: it must not undo what has happened since
    second = replace(FIRST, number=2, tries=1)
    assert taken.begin(0, second)
    assert not taken.end(0, replace(FIRST, outcome=DEFERRED, tries=1))
    assert taken.claims()[0] == second


def test_who_was_being_sent_to_when_the_worker_died_is_not_known_and_never_sent_to(taken: Ledger) -> None:
    taken.begin(0, FIRST)
    taken.end(0, replace(FIRST, outcome=SENT))
    taken.begin(1, FIRST)
    taken.take_over("run 2")
    assert {place: claim.outcome for place, claim in taken.claims().items()} == {0: SENT, 1: NOT_KNOWN}
    assert not taken.begin(1, Claim(SENDING, "run 2", 2))
    assert taken.begin(2, Claim(SENDING, "run 2", 1))


def test_a_run_that_was_superseded_begins_nothing_more(taken: Ledger) -> None:
    taken.take_over("run 2")
    with pytest.raises(Superseded):
        taken.begin(0, FIRST)
    with pytest.raises(Superseded):
        taken.take_over("run 1")
    assert taken.begin(0, Claim(SENDING, "run 2", 1))


def test_a_run_that_was_superseded_still_tells_how_its_last_mail_ended(taken: Ledger) -> None:
    taken.begin(0, FIRST)
    taken.take_over("run 2")
    assert taken.end(0, replace(FIRST, outcome=SENT))
    assert taken.claims()[0].outcome == SENT


def test_a_run_that_was_superseded_cannot_have_its_last_mail_sent_again(taken: Ledger) -> None:
    taken.begin(0, FIRST)
    taken.take_over("run 2")
    assert not taken.end(0, replace(FIRST, outcome=DEFERRED))
    assert taken.claims()[0].outcome == NOT_KNOWN


def test_two_runs_at_once_never_claim_the_same_recipient(ledger: Ledger) -> None:
    claimed: list[int] = []

    def run(name: str) -> None:
        try:
            ledger.take_over(name)
            claimed.extend(place for place in range(3) if ledger.begin(place, Claim(SENDING, name, 1)))
        except Superseded:
            pass

    threads = [threading.Thread(target=run, args=(f"run {number}",)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert claimed
    assert len(claimed) == len(set(claimed))


def test_taking_over_twice_is_taking_over_once(taken: Ledger) -> None:
    taken.begin(0, FIRST)
    taken.take_over("run 1")
    assert taken.claims()[0].outcome == SENDING


def test_an_unknown_mailing_is_told(redis_client: "redis.Redis") -> None:
    ledger = Ledger(redis_client, str(uuid.uuid4()))
    assert not ledger.exists()
    assert ledger.claim_start() == "gone"
    for step in (ledger.letter, ledger.recipients, lambda: ledger.take_over("run"), lambda: ledger.begin(0, FIRST)):
        with pytest.raises(UnknownMailing):
            step()


def test_nothing_is_sent_once_redis_has_lost_the_ledger(taken: Ledger) -> None:
    taken.client.flushall()
    with pytest.raises(UnknownMailing):
        taken.begin(0, FIRST)


def test_a_list_that_was_evicted_is_not_taken_for_an_empty_one(taken: Ledger) -> None:
    (rows,) = [key for key in taken.client.scan_iter() if key.endswith(":rows")]
    taken.client.delete(rows)
    with pytest.raises(UnknownMailing):
        taken.recipients()


def test_all_of_it_expires_a_week_after_the_last_change(taken: Ledger) -> None:
    for key in taken.client.scan_iter():
        taken.client.expire(key, 10)
    taken.begin(0, FIRST)
    found = {key: taken.client.ttl(key) for key in taken.client.scan_iter()}
    assert len(found) == 2
    assert all(KEEP_S - 5 <= ttl <= KEEP_S for ttl in found.values())


def test_it_works_when_redis_has_forgotten_the_scripts(taken: Ledger) -> None:
    taken.client.script_flush()
    assert taken.begin(0, FIRST)

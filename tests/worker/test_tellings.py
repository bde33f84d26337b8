"""Who is to be told of a task's end: asked, taken back, claimed once, by whichever process."""

import threading
import time

import pytest
import redis

from tests.processes import wait_until
from tests.worker.told import sent
from worker import events, keys, states, tellings
from worker.events import Event
from worker.stream import Log
from worker.tellings import Tellings, id_of

BROWSER, OTHER = "a" * 32, "b" * 32
ADDRESS, URL = "ada@example.com", "http://127.0.0.1:5000/tasks/t1"


@pytest.fixture
def told(log: Log) -> Tellings:
    """A task runs, called t1."""
    log.append(sent("t1"))
    log.append(Event("task-started", "t1", states.STARTED, "r1", 0, "started_at", {"worker": "w"}))
    return Tellings(log.client)


def end(log: Log, task_id: str = "t1") -> None:
    log.append(events.ended("succeeded", task_id, states.SUCCESS, "r1", summary="done"))


def look(told: Tellings, *browsers: str) -> list[str]:
    return told.look(browsers, judge=True)


def go_away(client: redis.Redis, browser: str) -> None:
    """As if its last tab had closed a while ago."""
    client.zadd(keys.PRESENT, {browser: time.time() - tellings.AWAY_S - 1})


def test_nobody_is_told_before_the_end_and_one_look_claims_it_then(told: Tellings, log: Log) -> None:
    assert told.ask("t1", BROWSER, ADDRESS, URL) == "asked"
    assert look(told) == [], "it runs"
    end(log)
    assert look(told) == [id_of("t1", BROWSER)]
    assert look(Tellings(log.client)) == [], "another web looks too"


def test_a_retry_is_no_end(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    log.append(Event("task-retried", "t1", states.RETRY, "r1", 1, "", {"note": "later"}))
    assert (log.client.hget(keys.row("t1"), "state")) == '"RETRY"', "void: it was not retried"
    assert look(told) == []


def test_a_browser_that_is_here_or_has_just_left_gets_no_mail(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    end(log)
    assert look(told, BROWSER) == []
    assert look(told) == [], "it may be reloading"
    go_away(log.client, BROWSER)
    assert look(told, OTHER) == [id_of("t1", BROWSER)]


def test_what_a_tab_has_told_is_not_mailed(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    end(log)
    assert told.take_back("t1", BROWSER) == "taken_back"
    assert told.take_back("t1", BROWSER) == "none"
    assert look(told) == []


def test_a_claim_that_led_to_nothing_is_made_again_and_one_that_is_queued_is_not(
    told: Tellings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    end(log)
    monkeypatch.setattr(tellings, "CLAIM_S", 0.2)
    assert look(told) == [id_of("t1", BROWSER)]
    wait_until(lambda: look(told), 2, "it is claimed again")
    told.queued(id_of("t1", BROWSER))
    time.sleep(0.3)
    assert look(told) == []


def test_of_two_runs_of_the_mails_task_one_sends_and_then_it_cannot_be_taken_back(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    end(log)
    telling_id = id_of("t1", BROWSER)
    verdict, telling = told.begin(telling_id, "one")
    assert (verdict, telling["email"], telling["url"]) == ("claimed", ADDRESS, URL)
    assert told.begin(telling_id, "one")[0] == "claimed", "the same command, arrived twice"
    assert told.begin(telling_id, "two")[0] == "done"
    assert told.take_back("t1", BROWSER) == "mailed"
    told.release(telling_id)
    assert told.begin(telling_id, "two")[0] == "claimed"


def test_a_task_that_runs_again_meanwhile_is_not_told_of_but_its_end_is(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    end(log)
    [telling_id] = look(told)
    told.queued(telling_id)
    log.append(Event("task-started", "t1", states.STARTED, "r2", 0, "started_at", {"worker": "w"}))
    assert told.begin(telling_id, "one")[0] == "not_yet"
    assert look(told) == []
    log.append(events.ended("succeeded", "t1", states.SUCCESS, "r2", summary="done"))
    assert look(told) == [telling_id]


def test_ten_webs_that_look_at_once_claim_each_once(told: Tellings, log: Log) -> None:
    for number in range(40):
        told.ask("t1", f"{number:032x}", f"n{number}@example.com", URL)
    end(log)
    found: list[str] = []
    webs = [threading.Thread(target=lambda: found.extend(look(Tellings(log.client)))) for _ in range(10)]
    for web in webs:
        web.start()
    for web in webs:
        web.join()
    assert sorted(found) == sorted(id_of("t1", f"{number:032x}") for number in range(40))


def test_what_is_asked_for_is_bounded(told: Tellings, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told.ask("nobody's", BROWSER, ADDRESS, URL) == "unknown"
    for number in range(tellings.MOST_AN_HOUR):
        assert told.ask("t1", f"{number:032x}", ADDRESS, URL) == "asked"
        assert told.ask("t1", f"{number:032x}", ADDRESS, URL) == "asked", "the same once more counts once"
    assert told.ask("t1", BROWSER, ADDRESS.upper(), URL) == "too_often"
    monkeypatch.setattr(tellings, "MOST_OF_A_TASK", tellings.MOST_AN_HOUR)
    assert told.ask("t1", BROWSER, "bob@example.com", URL) == "too_many"
    end(log)
    assert told.ask("t1", BROWSER, "bob@example.com", URL) == "ended"


def test_all_that_is_kept_of_it_expires(told: Tellings, log: Log) -> None:
    told.ask("t1", BROWSER, ADDRESS, URL)
    own = [key for key in log.client.scan_iter("*telling*") if key != keys.TELLINGS] + list(
        log.client.scan_iter("*mails:to*")
    )
    assert len(own) == 3
    assert all(log.client.ttl(key) > 0 for key in own)
    log.client.zadd(keys.TELLINGS, {"old": 1})
    log.client.zadd(keys.PRESENT, {"old": 1})
    look(told)
    assert log.client.zscore(keys.TELLINGS, "old") is log.client.zscore(keys.PRESENT, "old") is None

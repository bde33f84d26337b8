"""Alarms while something else breaks, or while there are too many: nothing is told twice, and nothing is swallowed."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.alarming import ADDRESS, MAILS, OTHER, Start, alarms, counted, fail, looked, mails_come
from tests.asking import ask
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker import keys
from worker.alarms import AGAIN_S, LEAD_S, MOST_OPEN
from worker.stream import Log, connect

BOTH_TWICE = {ADDRESS: 2, OTHER: 2}


@pytest.fixture
def worker(start_worker: Start) -> Service:
    return start_worker("--concurrency=1", MAIL_RETRY_S="0.1", MAIL_TIMEOUT_S="2")


def test_a_cause_that_goes_on_is_mailed_about_again_after_an_hour_and_not_before(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    looked(web, redis_client)
    fail(log, "t1")
    mails_come(smtp_server)
    fail(log, "t2", "t3")
    wait_until(lambda: counted(web) == [("failed", "ValueError", 3)], 10, "they are counted")
    assert alarms(web)[0]["mails"] == 1
    (mailed,) = redis_client.keys(keys.alarm_mailed("*"))
    assert 0 < redis_client.ttl(mailed) <= AGAIN_S
    redis_client.delete(mailed)  # an hour later, and nothing has failed since
    wait_until(lambda: smtp_server.times_sent() == BOTH_TWICE, 40, "there is another mail")
    assert "3 times so far" in smtp_server.sent_to(ADDRESS)[1].text
    redis_client.delete(mailed)  # another hour later
    fail(log, "t4", error="KeyError: 'x'")
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 3, 40, "what is new is mailed about")
    assert [row["mails"] for row in alarms(web) if row["detail"] == "ValueError"] == [2], "no more has come of it"


def test_when_the_leading_web_dies_another_goes_on_and_nothing_is_told_twice(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    leader = start_web(**MAILS)
    looked(leader, redis_client)
    leads = redis_client.get(keys.ALARMS_LEAD)
    other = start_web(**MAILS)
    fail(log, "t1")
    mails_come(smtp_server)
    assert redis_client.get(keys.ALARMS_LEAD) == leads, "void: the second one leads"
    leader.kill()
    fail(log, "t2")
    fail(log, "t3", error="KeyError: 'x'")
    wait_until(lambda: len(alarms(other)) == 2, LEAD_S + 10, "the other one goes on")
    assert sorted(counted(other)) == [("failed", "KeyError", 1), ("failed", "ValueError", 2)]
    wait_until(lambda: smtp_server.times_sent() == BOTH_TWICE, 40, "what is new is mailed about")
    assert sum(row["mails"] for row in alarms(other)) == 2


def test_a_web_that_wakes_up_far_behind_the_one_that_led_counts_nothing_again(
    start_web: Start, log: Log, redis_client: redis.Redis
) -> None:
    webs = [start_web(), start_web()]
    looked(webs[0], redis_client)
    webs[1].signal(signal.SIGSTOP)
    fail(log, *(f"t{number}" for number in range(500)))
    wait_until(lambda: counted(webs[0]) == [("failed", "ValueError", 500)], 30, "the other one counts them")
    webs[0].kill()
    redis_client.delete(keys.ALARMS_LEAD)
    webs[1].signal(signal.SIGCONT)
    wait_until(lambda: redis_client.get(keys.ALARMS_LEAD), 10, "it leads")
    fail(log, "last")
    wait_until(lambda: counted(webs[1])[0][2] > 500, 10, "it counts on")
    assert counted(webs[1]) == [("failed", "ValueError", 501)]


def test_the_101st_cause_is_counted_shown_and_mailed_about_with_all_others_that_have_no_room(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS | {"ALERT_MAILS_AN_HOUR": "1000", "ALERT_EMAILS": ADDRESS})
    looked(web, redis_client)
    for number in range(MOST_OPEN):
        fail(log, f"t{number}", error=f"Error{number}: x")
    wait_until(lambda: len(alarms(web)) == MOST_OPEN, 20, "as many are shown as may be")
    fail(log, "u1", "u2", error="KeyError: 'x'")
    fail(log, "u3", error="TypeError: none")
    wait_until(lambda: [row["count"] for row in alarms(web) if row["cause"] == "more"] == [3], 10, "they are counted")
    (more,) = (row for row in alarms(web) if row["cause"] == "more")
    assert len(alarms(web)) == MOST_OPEN + 1 and more["mails"] == 1 and "no" in more["said"]
    wait_until(lambda: any("Too much at once" in mail.subject for mail in smtp_server.sent_to(ADDRESS)), 60, "mailed")
    redis_client.hdel(keys.ALARMS, alarms(web)[0]["id"].removeprefix("alarm:"))  # one is over
    fail(log, "u4", error="KeyError: 'x'")
    wait_until(lambda: ("failed", "KeyError", 3) in counted(web), 10, "it has room, and nothing of it is forgotten")


def test_the_last_mail_of_the_hour_says_so(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS | {"ALERT_MAILS_AN_HOUR": "2", "ALERT_EMAILS": ADDRESS})
    looked(web, redis_client)
    for number in range(3):
        fail(log, f"t{number}", error=f"Error{number}: x")
    wait_until(lambda: len(smtp_server.sent_to(ADDRESS)) == 2, 40, "two are mailed")
    said = ["This is the last mail for now" in mail.text for mail in smtp_server.sent_to(ADDRESS)]
    assert sorted(said) == [False, True]
    (last,) = (mail.text for mail in smtp_server.sent_to(ADDRESS) if "last mail for now" in mail.text)
    assert "2 within an hour (ALERT_MAILS_AN_HOUR)" in last and "https://board.example/," in last


def test_while_the_mail_server_is_away_a_mail_is_tried_again_and_again_and_arrives_once(
    start_web: Start, worker: Service, log: Log, redis_client: redis.Redis, smtp_server: SmtpServer
) -> None:
    web = start_web(**MAILS)
    looked(web, redis_client)
    smtp_server.stop()
    try:
        fail(log, "t1")
        wait_until(lambda: worker.log().count("Retry in") >= 7, 60, "more tries than a test mail has")
        assert [row["cause"] for row in alarms(web)] == ["failed"], "that it could not be sent yet is no alarm"
    finally:
        smtp_server.start()
    mails_come(smtp_server)
    wait_until(lambda: "succeeded in" in worker.log(), 10, "its task is done")
    assert smtp_server.times_sent() == {ADDRESS: 1, OTHER: 1}
    assert worker.log().count("Mail sent") == 2, "its story has them"


class TestARestartOfRedis:
    @pytest.fixture
    def redis_server(self, tmp_path: Path) -> Iterator[RedisServer]:
        """One that may be stopped."""
        with RedisServer.start(tmp_path / "redis") as server:
            yield server

    def test_an_open_alarm_outlives_it_and_is_not_mailed_about_again(
        self, start_web: Start, worker: Service, redis_server: RedisServer, smtp_server: SmtpServer
    ) -> None:
        web = start_web(**MAILS)
        log = Log(connect(redis_server.url))
        looked(web, log.client)
        fail(log, "t1")
        mails_come(smtp_server)
        redis_server.stop()
        redis_server.restart()
        wait_until(lambda: ask(web, "/readyz")[0] == 200, 20, "the web is back")
        assert counted(web) == [("failed", "ValueError", 1)]
        fail(log, "t2")
        wait_until(lambda: counted(web) == [("failed", "ValueError", 2)], 20, "what fails now is counted")
        fail(log, "t3", error="KeyError: 'x'")
        wait_until(lambda: smtp_server.times_sent() == BOTH_TWICE, 40, "what is new is mailed about")
        assert sum(row["mails"] for row in alarms(web)) == 2

    def test_when_its_data_are_lost_whatever_fails_from_then_on_is_told(
        self, start_web: Start, redis_server: RedisServer
    ) -> None:
        web = start_web()
        log = Log(connect(redis_server.url))
        looked(web, log.client)
        fail(log, "t1")
        wait_until(lambda: counted(web), 10, "it is shown")
        web.signal(signal.SIGSTOP)
        log.client.flushall()
        fail(log, "t2", error="KeyError: 'x'")
        web.signal(signal.SIGCONT)
        wait_until(lambda: counted(web) == [("failed", "KeyError", 1)], 20, "the new one is told, the old one gone")

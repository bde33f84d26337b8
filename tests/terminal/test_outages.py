"""The web or Redis goes away while somebody looks: all is told afterwards, in its order, and nothing twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.log_lines import Process
from tests.processes import Service, wait_until
from tests.terminal.lives import begin, end, report, texts, told
from worker.stream import Log


def test_all_that_happens_while_the_web_is_away_is_told_once(web: Service, log: Log, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    web.kill()
    watched.wait_to_hear("reconnecting")
    for share in range(1, 61):
        report(log, "t1", share)
    begin(log, "t1", run="r2")  # two attempts in one outage: of the first nothing is to be seen in the row
    web.start()
    watched.wait_to_hear("Live again.")
    watched.wait_for("attempt 2")
    end_of_second = len(watched.lines)
    assert told(watched)[2:end_of_second] == [
        "1 % · 1 of 100 · box 1",
        "25 % · 25 of 100 · box 25",
        "50 % · 50 of 100 · box 50",
        "attempt 2 started · on w1",
    ]
    end(log, "t1", run="r2", attempt=2)
    assert watched.wait() == 0
    assert len(watched.lines) == len(set(watched.lines))
    assert watched.said.count("reconnecting") == watched.said.count("Live again.") == 1


def test_nothing_is_missed_while_redis_is_away(tmp_path: Path, start_web: Callable[..., Service], run: Any) -> None:
    with RedisServer.start(tmp_path / "redis") as server:
        web = start_web(REDIS_URL=server.url)
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            begin(Log(client), "t1")
        watched = run(web, "watch", "t1")
        watched.wait_for("started")
        server.stop()
        watched.wait_to_hear("The web cannot reach Redis")
        server.restart()
        watched.wait_to_hear("Live again.")
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            report(Log(client), "t1", 33)
            watched.wait_for("33 %")
            end(Log(client), "t1")
        assert watched.wait() == 0
        assert told(watched)[1:] == ["attempt 1 started · on w1", "33 % · 33 of 100 · box 33", "SUCCESS · all packed"]


def test_a_task_that_redis_has_lost_is_waited_for(web: Service, log: Log, redis_client: redis.Redis, run: Any) -> None:
    begin(log, "t1")
    watched = run(web, "watch", "t1")
    watched.wait_for("started")
    redis_client.flushall()
    begin(log, "other")  # with it begins another log, of which the web tells all who watch
    watched.wait_to_hear("Redis has lost it")
    begin(log, "t1", run="r3")
    wait_until(lambda: len(watched.lines) > 2, 20, "the task is there again")
    end(log, "t1", run="r3")
    assert watched.wait() == 0


@pytest.mark.parametrize("missed", [20, 1_500], ids=["as many as a replay has", "more than a snapshot has"])
def test_each_line_comes_once_and_in_its_order_though_the_web_is_killed(
    web: Service, redis_client: redis.Redis, run: Any, missed: int
) -> None:
    process, lines = Process(redis_client), [f"line {number}" for number in range(missed + 40)]
    process.log(*lines[:10])
    followed = run(web, "logs", "--json", "-n", "5")
    followed.wait_for("line 9")
    process.log(*lines[10:20])
    followed.wait_for("line 19")
    web.kill()
    followed.wait_to_hear("reconnecting")
    for number in range(20, missed + 20, 100):
        process.log(*lines[number : min(number + 100, missed + 20)])
    web.start()
    followed.wait_to_hear("Live again.")
    process.log(*lines[missed + 20 :])
    followed.wait_for(f'"{lines[-1]}"')
    assert texts(followed) == lines[5:]


def test_each_line_comes_once_though_redis_is_restarted(
    tmp_path: Path, start_web: Callable[..., Service], run: Any
) -> None:
    with RedisServer.start(tmp_path / "redis") as server:
        web = start_web(REDIS_URL=server.url)
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            Process(client).log("before")
        followed = run(web, "logs", "--json")
        followed.wait_for("before")
        server.stop()
        followed.wait_to_hear("The web cannot reach Redis")
        server.restart()
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            process = Process(client)
            process.log("as it came back")
            followed.wait_to_hear("Live again.")
            process.log("after")
        followed.wait_for("after")
        assert texts(followed) == ["before", "as it came back", "after"]

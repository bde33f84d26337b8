"""The log lines as the web tells of them over HTTP: back in time, filtered, page by page."""

import json
import time
from urllib.parse import urlencode

import pytest
import redis

from tests.asking import ask
from tests.log_lines import Process, get, texts
from tests.processes import Service


def test_history_is_read_back_page_by_page_without_a_gap(web: Service, redis_client: redis.Redis) -> None:
    process = Process(redis_client)
    sent = [f"{number:03}" for number in range(250)]
    for start in range(0, 250, 7):
        process.log(*sent[start : start + 7])
    found: list[str] = []
    before = ""
    for _ in range(10):
        page = get(web, before=before, most=30)
        found = texts(page) + found
        before = page["next"]
        if not before:
            break
    assert found == sent
    forth = get(web, after=get(web, before="", most=30)["next"], most=500)
    assert texts(forth) == sent[-29:]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"worker": "celery@b"}, ["b ok", "b bad"]),
        ({"level": "error"}, ["b bad"]),
        ({"level": "INFO"}, ["a ok", "b ok", "b bad"]),
        ({"q": "BAD"}, ["b bad"]),
        ({"task": "t1"}, ["a ok"]),
        ({"name": "shop.pay"}, ["b bad"]),
        ({"name": "shop.pay", "worker": "celery@a"}, []),
    ],
)
def test_history_is_filtered(web: Service, redis_client: redis.Redis, given: dict[str, str], shown: list[str]) -> None:
    one, other = Process(redis_client), Process(redis_client, "celery@b")
    one.log("a debug", level="DEBUG")
    one.log("a ok", task_id="t1", task_name="shop.order")
    other.log("b ok")
    other.log("b bad", level="ERROR", task_id="t2", task_name="shop.pay")
    assert texts(get(web, **given)) == shown


def test_one_can_go_to_a_time(web: Service, redis_client: redis.Redis) -> None:
    process = Process(redis_client)
    process.log("earlier")
    time.sleep(0.05)
    seconds, microseconds = redis_client.time()
    process.log("later")
    at = f"{seconds * 1_000_000 + microseconds}"
    assert texts(get(web, after=at)) == ["later"]
    assert texts(get(web, before=at)) == ["earlier"]


@pytest.mark.parametrize(
    "given",
    [
        {"level": "LOUD"},
        {"most": "0"},
        {"most": "x"},
        {"before": "-1"},
        {"after": "1'"},
        {"q": "x" * 501},
        {"x": "1"},
        {"before": "1", "after": "2"},
        {"before": "9" * 30},
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(web: Service, given: dict[str, str]) -> None:
    status, _, text = ask(web, f"/api/logs?{urlencode(given)}")
    assert status == 400 and json.loads(text)["error"]["message"]


def test_a_tasks_lines_are_found_however_far_apart_they_are(web: Service, redis_client: redis.Redis) -> None:
    process = Process(redis_client)
    for number in range(6):
        process.log(f"mine {number}", f"another's {number}", task_id="t1" if number != 3 else "t2")
        for _ in range(150):
            process.log("in between")
    page = get(web, task="t1", q="mine", most=3)
    assert texts(page) == ["mine 2", "mine 4", "mine 5"] and page["next"]
    assert texts(get(web, task="t1", q="mine", most=3, before=page["next"])) == ["mine 0", "mine 1"]
    assert texts(get(web, task="t1", q="mine", after=page["rows"][0]["offset"])) == ["mine 4", "mine 5"]

"""The list over HTTP: filters, a text, pages, and what cannot be asked."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.asking import ask
from tests.processes import Service
from tests.watcher import live
from worker import events
from worker.stream import Log


def _get(web: Service, **asked: Any) -> dict[str, Any]:
    status, _, text = ask(web, f"/api/tasks?{urlencode(asked)}")
    assert status == 200, text
    told: dict[str, Any] = json.loads(text)
    return told


def _ids(page: dict[str, Any]) -> list[str]:
    return [row["task_id"] for row in page["rows"]]


def test_the_list_is_filtered_and_paged(web: Service, log: Log) -> None:
    for number in range(5):
        log.append(events.sent(f"t{number}", "shop.job", f"q{number % 2}", args=f"(4{number},)"))
    live(log, "done", steps=1)
    assert _ids(_get(web, state="succeeded")) == ["done"]
    assert _ids(_get(web, queue="q1", name="shop.job")) == ["t3", "t1"]
    assert _ids(_get(web, q="(42")) == ["t2"]
    first = _get(web, name="shop.job", most=3)
    assert (_ids(first), first["total"]) == (["t4", "t3", "t2"], 5)
    second = _get(web, name="shop.job", most=3, after=first["next"])
    assert (_ids(second), second["next"]) == (["t1", "t0"], "")
    assert (second["place"], second["total"]) == (3, 5)
    assert _ids(_get(web, order="oldest", most=1)) == ["t0"]
    assert _ids(_get(web, name="shop.job", skip=3)) == ["t1", "t0"]
    assert _ids(_get(web, since=first["rows"][1]["sent_at"], until=first["rows"][0]["sent_at"])) == ["t4", "t3"]


def test_what_it_can_be_filtered_by_is_told_with_numbers(web: Service, log: Log) -> None:
    live(log, "t1", steps=1)
    told = json.loads(ask(web, "/api/tasks/values")[2])
    assert told == {"name": {"trial.count": 1}, "queue": {"celery": 1}, "worker": {"w": 1}}


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "DONE"},
        {"order": "random"},
        {"since": "yesterday"},
        {"until": "nan"},
        {"since": "-1"},
        {"after": "x"},
        {"most": "0"},
        {"most": "201"},
        {"most": "9" * 100},
        {"q": "x" * 201},
        {"skip": "-1"},
        {"skip": "5", "q": "x"},
        {"skip": "5", "state": "failed", "queue": "celery"},
        {"skip": "5", "after": "17"},
        {"colour": "red"},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_named(web: Service, asked: dict[str, str]) -> None:
    status, _, text = ask(web, f"/api/tasks?{urlencode(asked)}")
    assert status == 400
    assert next(iter(asked)) in json.loads(text)["error"]["message"]


def test_odd_texts_find_nothing_and_break_nothing(web: Service, log: Log) -> None:
    live(log, "t1", steps=1)
    for text in ("%", "\x00", "'; --", "\ud83d", '"', "\\", "(", "[a", "%f[%w]"):
        encoded = urlencode({"q": text}, errors="surrogatepass")
        assert ask(web, f"/api/tasks?{encoded}")[0] == 200, repr(text)

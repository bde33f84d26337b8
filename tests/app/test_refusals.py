"""What a client of the Socket.IO edge may not do."""

from collections.abc import Callable

from tests.processes import Service, wait_until
from tests.watcher import Watcher, live
from worker import events
from worker.stream import Log

Watch = Callable[..., Watcher]

BAD = [None, 1, [], {}, "board", {"room": None}, {"room": 1}, {"room": {}}, {"room": ""}, {"room": "workers/../x"}]
BAD += [
    {"room": "x" * 5_000},
    {"room": "board", "offset": 5},
    {"room": "task:"},
    {"room": "task:*"},
    {"room": ["board"]},
]


def test_a_faulty_subscribe_is_told_so_and_costs_one_line(web: Service, watch: Watch) -> None:
    watcher = watch(web.url)
    for payload in BAD:
        before = len(web.log().splitlines())
        answer = watcher.client.call("subscribe", payload)
        assert answer["error"]["code"] in ("bad_request", "unknown_room", "unknown_task"), payload
        assert len(web.log().splitlines()) - before <= 1
    assert watcher.client.call("subscribe")["error"]["code"] == "bad_request"


def test_a_connection_is_in_128_rooms_at_most(web: Service, watch: Watch, log: Log) -> None:
    for number in range(130):
        log.append(events.sent(f"t{number}", "trial.count", "celery"))
    watcher = watch(web.url)
    answers = [watcher.client.call("subscribe", {"room": f"task:t{number}"}) for number in range(130)]
    refused = [answer["error"]["code"] for answer in answers if "error" in answer]
    assert refused == ["too_many_rooms"] * 3
    watcher.client.call("unsubscribe", {"room": "task:t0"})
    assert "error" not in watcher.client.call("subscribe", {"room": "task:t129"})


def test_an_outsider_hears_nothing_of_a_room_it_left(web: Service, watch: Watch, log: Log) -> None:
    watcher = watch(web.url)
    other = watch(web.url)
    watcher.client.call("unsubscribe", {"room": "board"})
    live(log, steps=3)
    wait_until(lambda: other.rows.get("t1", {}).get("state") == "SUCCESS", 5, "the other one is told")
    assert watcher.frames == []


def test_thousands_of_subscribes_on_one_connection_are_refused_and_others_are_served(
    web: Service, watch: Watch
) -> None:
    greedy, other = watch(web.url), watch(web.url)
    answers: list[dict[str, object]] = []
    for _ in range(2_000):
        greedy.client.emit("subscribe", {"room": "board"}, callback=answers.append)
    assert "error" not in other.client.call("subscribe", {"room": "board"}, timeout=5)
    wait_until(lambda: len(answers) == 2_000, 20, "all are answered")
    refused = [answer for answer in answers if "error" in answer]
    assert len(refused) > 1_800

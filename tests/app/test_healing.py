"""What `/readyz` says: whether Redis answers and the log is followed, how far behind, and what had to be healed."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from launcher.redis_server import RedisServer
from tests.asking import ask
from tests.processes import Service, wait_until
from tests.watcher import Watcher, live
from worker import events
from worker.stream import Log


def _told(web: Service) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(ask(web, "/readyz")[2])
    return told


def test_a_client_that_comes_back_is_counted_by_how_it_was_caught_up(
    web: Service, log: Log, watch: Callable[..., Watcher]
) -> None:
    watcher = watch(web.url)
    live(log, steps=2)
    wait_until(lambda: watcher.rows.get("t1", {}).get("state") == "SUCCESS")
    assert (_told(web)["healed"]["replays"], _told(web)["healed"]["resyncs"]) == (0, 0)
    watcher.client.call("subscribe", {"room": "board", "epoch": watcher.epoch, "offset": watcher.offset})
    watcher.client.call("subscribe", {"room": "board", "epoch": "of another log", "offset": watcher.offset})
    watcher.client.call("subscribe", {"room": "task:t1", "epoch": watcher.epoch, "offset": watcher.offset})
    assert (_told(web)["healed"]["replays"], _told(web)["healed"]["resyncs"]) == (2, 1)
    assert (_told(web)["clients"], _told(web)["workers"]) == (1, {"dropped_events": 0})


def test_how_far_behind_is_the_age_of_the_oldest_unread_entry(log: Log) -> None:
    assert log.behind_s("0" * 16) == 0
    first = log.append(events.sent("t1", "trial.count", "celery")).offset
    time.sleep(0.2)
    second = log.append(events.sent("t2", "trial.count", "celery")).offset
    assert log.behind_s("0" * 16) >= 0.2
    assert log.behind_s(first) < 0.2
    assert log.behind_s(second) == 0


def test_readiness_ends_with_redis_and_comes_back_with_it(tmp_path: Path, start_web: Callable[..., Service]) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        web = start_web(REDIS_URL=server.url)
        wait_until(lambda: _told(web)["ready"], 5, "it is ready")
        assert _told(web)["behind_s"] == 0
        server.kill()
        wait_until(lambda: ask(web, "/readyz")[0] == 503, 5, "it is not")
        assert ask(web, "/healthz")[0] == 200
        assert _told(web)["behind_s"] is None, "unknown is not 0"
        server.restart()
        wait_until(lambda: _told(web)["ready"], 5, "it is ready again")
        assert _told(web)["healed"]["redis_drops"] == 1
        assert _told(web)["healed"]["resets"] == 1

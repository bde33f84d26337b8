"""A queue is emptied over HTTP, and no other key."""

import json
from collections.abc import Callable
from typing import Any

import celery
import redis

from tests.asking import ask
from tests.processes import Service, wait_until
from tests.watcher import Watcher
from tests.worker.told import sent
from worker import events, states
from worker.store import Table
from worker.stream import Log


def purge(web: Service, path: str, confirm: str) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"confirm": confirm})
    status, _, answer = ask(web, f"/api/queues/{path}/purge", "POST", body, Content_Type="application/json")
    return status, json.loads(answer)


def test_a_purged_queue_is_empty_and_its_tasks_end_revoked(
    web: Service, log: Log, redis_url: str, redis_client: redis.Redis, watch: Callable[..., Watcher]
) -> None:
    app = celery.Celery(broker=redis_url, backend=None)
    ids = [str(app.send_task("trial.count", (n,)).id) for n in range(1_200)]
    for task_id in ids[:3]:
        log.append(sent(task_id))
    redis_client.lpush("celery", b"\xff garbage", "[]")
    watcher = watch(web.url, f"task:{ids[0]}")
    assert purge(web, "celery", "Celery")[0] == 400
    assert redis_client.llen("celery") == 1_202, "void: nothing waits"
    assert purge(web, "celery", "celery") == (200, {"purged": 1_202})
    assert redis_client.llen("celery") == 0
    wait_until(lambda: watcher.rows[ids[0]].get("state") == states.REVOKED, 2, "its watcher is told")
    shown = Table(log.client).row(ids[2]) or {}
    assert (shown["summary"], shown["action"]["kind"]) == (events.PURGED, "purge")


def test_no_other_key_is_emptied_as_a_queue(web: Service, log: Log, redis_client: redis.Redis) -> None:
    redis_client.lpush("{pushboard}:aside", "x")
    redis_client.lpush("somebody's list", "x")
    for name in ("{pushboard}:aside", "somebody's list", "nothing"):
        assert purge(web, name.replace(" ", "%20"), name)[0] == 404, name
    assert redis_client.llen("{pushboard}:aside") == redis_client.llen("somebody's list") == 1

"""Messages that a worker has taken, and a Redis that goes away while it holds them (F10)."""

from pathlib import Path

import celery
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from worker import states
from worker.store import Table

BROKER_KEEPS = "unacked"


def test_tasks_that_wait_for_their_time_run_though_redis_is_killed_meanwhile(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        env = service_env | {"REDIS_URL": server.url}
        services.append(new_worker(tmp_path / "own-worker.log", "-I", "tests.trial_tasks", **env))
        worker = services[-1].start()
        sender = celery.Celery(broker=server.url, backend=None)
        task_ids = [str(sender.send_task("trial.count", (1,), countdown=6).id) for _ in range(5)]
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            table = Table(client)
            wait_until(lambda: client.hlen(BROKER_KEEPS) == 5, 10, "the worker holds them")
            server.kill()
            server.restart()

            def all_ended() -> bool:
                rows = [table.row(task_id) for task_id in task_ids]
                return all(row is not None and states.is_final(row["state"]) for row in rows)

            wait_until(all_ended, 30, "all have run")
            wait_until(lambda: client.hlen(BROKER_KEEPS) == 0, 10, "nothing is left at the broker")
        assert worker.returncode is None, "the worker lives"

"""Messages that a worker has taken, and a Redis that goes away while it holds them (F10)."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import celery
import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from worker import keys, states
from worker.events import TASK_ID_LENGTH
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


@pytest.mark.parametrize("away_s", [1, 8])
def test_what_a_worker_holds_while_redis_is_away_runs_once(
    tmp_path: Path, services: list[Service], service_env: dict[str, str], away_s: int
) -> None:
    files = [tmp_path / f"runs-{number}" for number in range(3)]
    with RedisServer.start(tmp_path / "own-redis") as server:
        env = service_env | {"REDIS_URL": server.url}
        services.append(new_worker(tmp_path / "own-worker.log", "-I", "tests.trial_tasks", "--concurrency=2", **env))
        worker = services[-1].start()
        sender = celery.Celery(broker=server.url, backend=None, set_as_current=False)

        def send(name: str, *args: Any, **options: float) -> str:
            return str(sender.send_task(name, args, **options).id)

        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            table = Table(client)
            task_ids = [send("trial.hold", str(files[0]), 0, countdown=2)]
            task_ids += [send("trial.hold", str(files[1]), away_s + 2), send("trial.sleep", away_s + 1)]
            wait_until(lambda: (table.row(task_ids[2]) or {}).get("note") == "asleep", 10, "both processes are busy")
            task_ids.append(send("trial.hold", str(files[2]), 0))
            wait_until(
                lambda: client.hlen(BROKER_KEEPS) == 3, 10, "one runs, one waits for its time, one for a process"
            )
            server.stop()
            time.sleep(away_s)
            server.restart()

            def all_ended() -> bool:
                rows = [table.row(task_id) for task_id in task_ids]
                return all(row is not None and states.is_final(row["state"]) for row in rows)

            wait_until(all_ended, 30, "all have run")
            wait_until(lambda: client.hlen(BROKER_KEEPS) == 0, 10, "nothing is left at the broker")
            assert [(table.row(one) or {})["attempt"] for one in task_ids] == [1, 1, 1, 1]
    assert worker.returncode is None, "the worker lives"
    assert [file.read_text() for file in files] == ["run\n"] * 3


def test_a_worker_whose_acknowledgements_were_not_heard_takes_as_many_tasks_as_before(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    with RedisServer.start(tmp_path / "own-redis") as server:
        env = service_env | {"REDIS_URL": server.url}
        services.append(new_worker(tmp_path / "own-worker.log", "-I", "tests.deadly_tasks", "--concurrency=1", **env))
        worker = services[-1].start()
        sender = celery.Celery(broker=server.url, backend=None)
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            table = Table(client)
            first = str(sender.send_task("deadly.late", (str(tmp_path / "first"), 1.0), ignore_result=True).id)
            wait_until(lambda: (table.row(first) or {}).get("note"), 10, "it runs")
            client.client_pause(5_500)  # commands wait, lines stay: the acknowledgement fails, the connection does not
            worker.wait_for_log("ack", 10)
            second = str(sender.send_task("deadly.late", (str(tmp_path / "second"), 0.0)).id)
            wait_until(lambda: (table.row(second) or {}).get("state") == "SUCCESS", 15, "the next one is taken")
            wait_until(lambda: client.hlen(BROKER_KEEPS) == 0, 10, "nothing is left at the broker")
    assert (tmp_path / "first").read_text().count("ended") == 1


def test_a_task_whose_id_is_too_long_for_the_board_is_the_workers_like_any_other(
    start_worker: Callable[..., Service], redis_client: redis.Redis, redis_url: str, tmp_path: Path
) -> None:
    start_worker("-I", "tests.deadly_tasks", "--concurrency=1")
    sender = celery.Celery(broker=redis_url, backend=None)
    sender.send_task("deadly.late", (str(tmp_path / "run"), 1.0), task_id="x" * (TASK_ID_LENGTH + 1))

    def held() -> list[str]:
        return [text for key in redis_client.keys(keys.held("*")) for text in redis_client.hvals(key)]

    wait_until(lambda: any('"xxx' in text for text in held()), 5, "the heartbeat tells that the worker has it")
    wait_until(lambda: redis_client.hlen(BROKER_KEEPS) == 0, 10, "it has ended")
    assert not redis_client.keys(keys.row("*")), "the board knows nothing of it"

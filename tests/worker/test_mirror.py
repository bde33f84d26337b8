"""Progress is mirrored for AsyncResult, and what goes wrong there is no harm to the board."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import celery
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, new_worker, wait_until
from tests.worker.told import progressed
from worker.run import Run
from worker.store import Table
from worker.stream import Appended


def test_the_board_goes_on_while_the_result_backend_is_away(
    tmp_path: Path, services: list[Service], service_env: dict[str, str], redis_client: redis.Redis
) -> None:
    table = Table(redis_client)
    (tmp_path / "backend").mkdir()
    with RedisServer.start(tmp_path / "backend") as backend:
        env = service_env | {"CELERY_RESULT_BACKEND": backend.url}
        services.append(new_worker(tmp_path / "worker.log", "-I", "tests.trial_tasks", **env))
        services[-1].start()
        task_id = str(celery.Celery(broker=service_env["REDIS_URL"]).send_task("trial.count", (1_000, 0.03)).id)
        with redis.Redis.from_url(backend.url, decode_responses=True) as results:
            wait_until(lambda: (table.row(task_id) or {}).get("current"), 10, "it runs")
            wait_until(lambda: results.exists(f"celery-task-meta-{task_id}"), 5, "it is mirrored")
            assert json.loads(str(results.get(f"celery-task-meta-{task_id}")))["status"] == "PROGRESS"
        backend.stop()
        at_first = (table.row(task_id) or {})["current"]
        wait_until(lambda: (table.row(task_id) or {})["current"] >= at_first + 100, 20, "the board goes on")
        services[-1].kill()


def test_what_cannot_be_mirrored_costs_one_line(
    start_worker: Callable[..., Service], redis_client: redis.Redis, service_env: dict[str, str]
) -> None:
    worker, table = start_worker("-I", "tests.trial_tasks"), Table(redis_client)
    task_id = str(celery.Celery(broker=service_env["REDIS_URL"]).send_task("trial.keep_saying", (20,)).id)
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "SUCCESS", 15, "it has ended")
    assert (table.row(task_id) or {})["current"] == 20
    assert worker.log().count("AsyncResult is told less") == 1
    assert "Traceback" not in worker.log()


class SlowBackend:
    """A result backend that answers after half a second."""

    def __init__(self) -> None:
        self.asked, self.answered = threading.Event(), threading.Event()

    def _store_result(self, *_: object, **__: object) -> None:
        self.asked.set()
        time.sleep(0.5)
        self.answered.set()


def test_the_end_waits_for_progress_that_is_being_mirrored() -> None:
    backend = SlowBackend()
    run = Run("t1", backend)
    mirroring = threading.Thread(target=run.appended, args=(progressed(1, run=run.id), Appended("appended", 1, "1")))
    mirroring.start()
    assert backend.asked.wait(5)
    run.close()
    assert backend.answered.is_set(), "what is written from here on is not overwritten"
    mirroring.join()
    run.appended(progressed(2, run=run.id), Appended("appended", 1, "2"))
    assert run.backend is None


def test_progress_of_5_mb_is_mirrored_cut_and_that_of_a_few_kb_whole(
    start_worker: Callable[..., Service], redis_client: redis.Redis, service_env: dict[str, str]
) -> None:
    start_worker("-I", "tests.trial_tasks")
    app = celery.Celery(broker=service_env["REDIS_URL"])
    lengths = {}
    for length in (5_000, 5_000_000):
        task_id = str(app.send_task("trial.say_long", (length, 30)).id)
        key = f"celery-task-meta-{task_id}"
        wait_until(lambda key=key: redis_client.exists(key), 10, "it is mirrored")
        lengths[length] = len(json.loads(str(redis_client.get(key)))["result"]["status"])
    assert lengths[5_000] == 5_000
    assert lengths[5_000_000] < 20_000

"""A message is with its queue or with a worker at any moment, whatever breaks while it is handed over."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import celery
import kombu
import pytest
import redis

from tests.processes import Service, wait_until
from worker import deliveries
from worker.asks import Asks
from worker.broker import WorkerConnection
from worker.store import Table

StartWorker = Callable[..., Service]

QUEUE = "celery"


class Thief:
    """Stands between a worker and its broker; once, it takes an answer with a message away, and ends the connection."""

    def __init__(self, port: int) -> None:
        self.has_stolen = threading.Event()
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                worker, _ = self._listener.accept()
                broker = socket.create_connection(("127.0.0.1", self._port))
                for source, target in ((worker, broker), (broker, worker)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                is_message = source.getpeername()[1] == self._port and data.startswith(b"*") and b"delivery_tag" in data
                if is_message and not self.has_stolen.is_set():
                    self.has_stolen.set()
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def thief(redis_client: redis.Redis) -> Iterator[Thief]:
    opened = Thief(redis_client.connection_pool.connection_kwargs["port"])
    yield opened
    opened.close()


@pytest.fixture
def robbed(start_worker: StartWorker, thief: Thief, redis_url: str) -> Service:
    """A worker that is about to lose an answer."""
    credentials = redis_url.rsplit(":", 1)[0]
    return start_worker("-I", "tests.trial_tasks", "-n", "robbed@h", CELERY_BROKER_URL=f"{credentials}:{thief.port}/0")


def state(table: Table, task_id: str) -> str:
    return str((table.row(task_id) or {}).get("state"))


def test_a_message_whose_answer_was_lost_is_run_all_the_same(
    robbed: Service, thief: Thief, app: celery.Celery, table: Table
) -> None:
    task_id = str(app.send_task("trial.count", (1,)).id)
    wait_until(thief.has_stolen.is_set, 10, "the answer is lost")
    wait_until(lambda: state(table, task_id) == "SUCCESS", 30, "it has run")
    assert (table.row(task_id) or {})["attempt"] == 1
    assert robbed.returncode is None
    wait_until(lambda: not table.client.exists("unacked", QUEUE), 10, "nothing is left")


def test_a_message_that_was_on_its_way_to_a_worker_that_died_is_run_by_another(
    robbed: Service, thief: Thief, app: celery.Celery, table: Table, start_worker: StartWorker
) -> None:
    start_worker("-I", "tests.trial_tasks", "-n", "heir@h", "-Q", "other")
    task_id = str(app.send_task("trial.count", (1,)).id)
    wait_until(thief.has_stolen.is_set, 10, "the answer is lost")
    os.kill(robbed.pid, signal.SIGKILL)
    app.control.add_consumer(QUEUE, destination=["heir@h"])
    wait_until(lambda: state(table, task_id) == "SUCCESS", 40, "it has run")


def test_nothing_is_handed_to_a_worker_that_stands_still(
    start_worker: StartWorker, app: celery.Celery, table: Table
) -> None:
    frozen = start_worker("-I", "tests.trial_tasks", "-n", "frozen@h")
    time.sleep(0.3)  # it waits
    os.kill(frozen.pid, signal.SIGSTOP)
    task_id = str(app.send_task("trial.count", (1,)).id)
    start_worker("-I", "tests.trial_tasks", "-n", "heir@h")
    wait_until(lambda: state(table, task_id) == "SUCCESS", 6, "another worker has run it, and did not wait for care")


@pytest.mark.parametrize(("queue", "priority"), [("celery", 9), ("later", 0), ("later", 6)])
def test_an_idle_worker_hears_of_each_queue_and_priority(
    start_worker: StartWorker, app: celery.Celery, table: Table, queue: str, priority: int
) -> None:
    start_worker("-I", "tests.trial_tasks", "-Q", "celery,later")
    task_id = str(app.send_task("trial.count", (1,), queue=queue, priority=priority).id)
    wait_until(lambda: state(table, task_id) == "SUCCESS", 10, "it has run")


@pytest.mark.parametrize("prefix", ["", "shop:"])
def test_keys_may_have_a_prefix(redis_url: str, redis_client: redis.Redis, prefix: str) -> None:
    options, heard = {"global_keyprefix": prefix}, list[str]()
    with celery.Celery(broker=redis_url, backend=None, set_as_current=False) as sender:
        sender.conf.broker_transport_options = options
        task_id = str(sender.send_task("trial.count", (1,)).id)
    assert redis_client.llen(prefix + QUEUE) == 1
    queue = kombu.Queue(QUEUE, routing_key=QUEUE)
    connection = WorkerConnection(redis_url, transport_options=options)
    with connection, kombu.Consumer(connection, [queue], on_message=lambda one: heard.append(one.headers["id"])):
        while not heard:
            connection.drain_events(timeout=5)
    assert heard == [task_id]


def test_only_what_no_answer_can_bring_any_more_is_lost() -> None:
    asks = Asks()
    asks.begin()
    assert asks.lost(["tag-1"]) == [], "its answer may be on its way"
    deliveries.expect("tag-1", "me")
    asks.end()
    assert asks.lost(["tag-1", "tag-2"]) == ["tag-2"]
    deliveries.forget({"tag-1": deliveries.get("tag-1")})

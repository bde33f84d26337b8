"""What breaks in a storm: any part, killed, stopped, frozen, cut off."""

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import redis

from launcher.redis_server import RedisServer
from tests.processes import Service
from tests.watcher import Watcher


class Faults:
    """Each method is one fault, from its begin to its end; which part it hits is for `random` to decide."""

    def __init__(
        self,
        random: random.Random,
        servers: Sequence[RedisServer],
        webs: Sequence[Service],
        workers: Sequence[Service],
        watchers: Sequence[Watcher],
    ) -> None:
        self.random = random
        self.servers, self.webs, self.workers, self.watchers = servers, webs, workers, watchers

    def all(self) -> list[Callable[[], None]]:
        """What can break."""
        return [
            self.kill_web,
            self.stop_web,
            self.freeze_web,
            self.kill_worker,
            self.kill_child,
            self.stop_worker,
            self.freeze_worker_shortly,
            self.restart_redis,
            self.kill_redis,
            self.freeze_redis,
            self.drop_sockets,
            self.drop_redis_connections,
        ]

    def kill_web(self) -> None:
        web = self.random.choice(self.webs)
        web.kill()
        time.sleep(self.random.uniform(0, 3))
        web.start()

    def stop_web(self) -> None:
        web = self.random.choice(self.webs)
        assert web.stop() == 0, "a web process that is told to stop must end with 0"
        web.start()

    def freeze_web(self) -> None:
        self._freeze(self.random.choice(self.webs).pid, 4)

    def kill_worker(self) -> None:
        worker = self.random.choice(self.workers)
        worker.kill()
        time.sleep(self.random.uniform(0, 3))
        worker.start()

    def stop_worker(self) -> None:
        worker = self.random.choice(self.workers)
        worker.stop(timeout_s=30)
        worker.start()

    def kill_child(self) -> None:
        worker = self.random.choice(self.workers)
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(self.random.choice(children)), signal.SIGKILL)

    def freeze_worker_shortly(self) -> None:
        self._freeze(self.random.choice(self.workers).pid, 3)

    def restart_redis(self) -> None:
        server = self.random.choice(self.servers)
        server.stop()
        time.sleep(self.random.uniform(0, 4))
        server.restart()

    def kill_redis(self) -> None:
        server = self.random.choice(self.servers)
        server.kill()
        time.sleep(self.random.uniform(0, 2))
        server.restart()

    def freeze_redis(self) -> None:
        self._freeze(self.random.choice(self.servers).pid, 4)

    def drop_sockets(self) -> None:
        for watcher in self.random.sample(self.watchers, 3):
            with suppress(Exception):
                watcher.client.eio.ws.sock.close()

    def drop_redis_connections(self) -> None:
        with suppress(redis.RedisError), redis.Redis.from_url(self.random.choice(self.servers).url) as client:
            client.client_kill_filter(_type="normal", skipme=True)

    def _freeze(self, pid: int, longest_s: float) -> None:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.1, longest_s))
        os.kill(pid, signal.SIGCONT)

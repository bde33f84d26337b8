"""What a measurement stands on: a Redis of its own, web processes, a crowd of clients and sources of updates."""

import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from bench.player import Player
from bench.rivals import node_packages
from bench.spent import spent
from launcher import ports
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, service_env

WARM_UP_S = 0.5
QUIET = 0.1


class Seen(NamedTuple):
    """What was seen in a window. cpu: of the web, in cores; waited: the share of the time it was kept from one."""

    cpu: float
    waited: float
    crowd: dict[str, Any]


class Saturated(Exception):
    """The crowd could not keep up with what it was sent: what was measured says nothing of the web."""


class Stand:
    """Everything is started when it is asked for, and ended with the stand."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        server = self._stack.enter_context(RedisServer.start(self._folder / "redis"))
        self.env = {"REDIS_URL": server.url, "DATA_DIR": str(self._folder), "SECRET_KEY": secrets.token_hex(16)}
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def pushboard(self) -> Service:
        """Pushboard's web process."""
        return self._started(new_web(self._folder / "web.log", **self.env))

    def plain(self) -> Service:
        """Plain Flask-SocketIO."""
        return self.web("plain", "python -m bench.rivals.plain_web")

    def status(self) -> Service:
        """Flask that is asked how far tasks are."""
        return self.web("status", "python -m bench.rivals.status_web")

    def node(self, script: str) -> Service:
        """One of Node's; there has to be one."""
        return self.web(script, f"node {node_packages.FOLDER / script}")

    def web(self, name: str, command: str) -> Service:
        """Whatever listens at PORT and answers /healthz."""
        env = service_env(PORT=str(ports.free_port()), **self.env)
        return self._started(Service(name, command, env, self._folder / f"{name}.log"))

    def _started(self, web: Service) -> Service:
        self._stack.callback(web.stop)
        return web.start()

    def crowd(self) -> Player:
        """Clients, none of them here yet. Each crowd is as big as file descriptors allow."""
        return self._stack.enter_context(Player.of("bench.crowd"))

    def source(self) -> Player:
        """Pushboard's tasks."""
        return self._stack.enter_context(Player.of("bench.source", **self.env))

    def plain_source(self) -> Player:
        """Tasks that emit, in Python."""
        return self._stack.enter_context(Player.of("bench.rivals.plain_source", **self.env))

    def node_source(self) -> Player:
        """Tasks that emit, on Node."""
        return self._stack.enter_context(Player(["node", str(node_packages.FOLDER / "source.js")], **self.env))

    def player(self, module: str) -> Player:
        """Another process that does what it is asked."""
        return self._stack.enter_context(Player.of(module, **self.env))


def board() -> list[str]:
    """What a client of Pushboard says that wants to watch the board."""
    return room("board")


def room(name: str) -> list[str]:
    """What a client of Pushboard says that wants to watch a room."""
    return ["420" + json.dumps(["subscribe", {"room": name}])]


def watch(tasks: list[str]) -> list[str]:
    """What a client of the rivals says that wants to watch these."""
    return ["420" + json.dumps(["watch", tasks])]


def window(web_pid: int, crowd: Player, seconds: float, warm_up_s: float = WARM_UP_S) -> Seen:
    """What happens in so many seconds. Raises Saturated, and RuntimeError if clients were lost."""
    time.sleep(warm_up_s)
    crowd.ask("begin")
    before, started = spent(web_pid), time.monotonic()
    time.sleep(seconds)
    used, lasted = spent(web_pid).since(before), time.monotonic() - started
    told = crowd.ask("tell")
    if told["saturated"]:
        raise Saturated(f"the crowd was busy for {told['busy']:.0%} of the time")
    if told["gone"]:
        raise RuntimeError(f"{told['gone']} clients were sent away")
    return Seen(used.cpu_s / lasted, used.waited_s / lasted, told)


def noise(seen: Sequence[Seen]) -> str:
    """A warning where other processes kept the web from the processor: times are longer then than they would be."""
    waited = statistics.median(one.waited for one in seen)
    return f"a busy machine: the web was kept waiting {waited:.0%} of the time" if waited > QUIET else ""


def repeated(measure: Callable[[], Seen], tries: int = 3) -> Seen:
    """What is seen when the crowd is not the bottleneck: where it was, it is measured again. Raises Saturated."""
    for _ in range(tries - 1):
        with suppress(Saturated):
            return measure()
    return measure()

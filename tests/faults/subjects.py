"""The two that the matrix compares: Pushboard, and plain Flask-SocketIO with Celery."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import ports
from tests.faults.witness import PlainWitness, PushboardWitness, Witness
from tests.processes import Service, new_web, new_worker, service_env


@dataclass(frozen=True)
class Subject:
    """How to start its web (log file, port, settings) and worker (log file, concurrency, settings), and how to watch.

    watch: of a URL, a task and a room.
    """

    name: str
    web: Callable[[Path, int, dict[str, str]], Service]
    worker: Callable[[Path, int, dict[str, str]], Service]
    watch: Callable[[str, str, str], Witness]


def _web(output: Path, port: int, env: dict[str, str]) -> Service:
    return new_web(output, **env, PORT=str(port or ports.free_port()))


def _worker(output: Path, concurrency: int, env: dict[str, str]) -> Service:
    name = f"{output.stem}@%h"
    return new_worker(output, "-I", "tests.faults.count_tasks", "-n", name, f"--concurrency={concurrency}", **env)


def _plain_web(output: Path, port: int, env: dict[str, str]) -> Service:
    told = service_env(**env, PORT=str(port or ports.free_port()))
    return Service("web", "python -m bench.rivals.plain_web", told, output)


def _plain_worker(output: Path, concurrency: int, env: dict[str, str]) -> Service:
    command = (
        f"celery -A tests.faults.plain_tasks worker --loglevel=INFO -n {output.stem}@%h "
        f"--concurrency={concurrency} --without-mingle --without-gossip"
    )
    return Service("worker", command, service_env(**env), output)


PUSHBOARD = Subject("Pushboard", _web, _worker, PushboardWitness)
PLAIN = Subject("plain", _plain_web, _plain_worker, PlainWitness)

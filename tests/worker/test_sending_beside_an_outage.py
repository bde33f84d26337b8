"""A program that sends tasks while the Redis of the board is away, and its broker is there: it hardly notices."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import service_env, wait_until
from worker.sending import ANSWER_TIMEOUT_S
from worker.store import Table

PROGRAM = """
import sys, threading, time
from worker import sending
from worker.celery_app import celery_app

if "no-threads" in sys.argv:
    threading.Thread.start = lambda self: None
    sending.AGAIN_S = 0.5
for line in sys.stdin:
    began = time.monotonic()
    for number in range(int(line)):
        celery_app.send_task("shop.pack", queue="shop", ignore_result=True)
    print(time.monotonic() - began, flush=True)
"""


class Program:
    """Sends as many tasks as it is told to, and says how long that took."""

    def __init__(self, broker: str, board: str, *arguments: str) -> None:
        env = service_env(REDIS_URL=board, CELERY_BROKER_URL=broker, CELERY_RESULT_BACKEND=broker)
        command = [sys.executable, "-c", PROGRAM, *arguments]
        self.process = subprocess.Popen(command, env=env, stdin=-1, stdout=-1, stderr=-1, text=True)

    def send(self, tasks: int) -> float:
        """Seconds for all of them."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{tasks}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self) -> str:
        """What it has said on stderr."""
        _, said = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, said
        return said


@pytest.fixture
def start(redis_url: str, board: RedisServer) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def begin(*arguments: str) -> Program:
        started.append(Program(redis_url, board.url, *arguments))
        assert started[-1].send(2) > 0
        assert told(board) == 2, "void: the board is told of none while all is well"
        return started[-1]

    yield begin
    for program in started:
        program.process.kill()
        program.process.communicate()


def told(board: RedisServer) -> int:
    """How many waiting tasks the board knows."""
    with redis.Redis.from_url(board.url, decode_responses=True) as client:
        return sum(row["queue"] == "shop" for row in Table(client).board().rows)


def test_a_frozen_board_makes_sending_wait_once_and_hears_of_all_later(
    start: Callable[..., Program], board: RedisServer
) -> None:
    program = start()
    os.kill(board.pid, signal.SIGSTOP)
    try:
        assert program.send(40) < 10 * ANSWER_TIMEOUT_S, "each of them waited"
    finally:
        os.kill(board.pid, signal.SIGCONT)
    wait_until(lambda: told(board) == 42, 10, "the board knows all tasks")
    program.send(1)
    assert told(board) == 43, "at once again"
    program.end()


def test_a_board_that_comes_back_hears_of_what_was_sent_meanwhile(
    start: Callable[..., Program], board: RedisServer
) -> None:
    program = start()
    board.stop()
    program.send(5)
    board.restart()
    wait_until(lambda: told(board) == 7, 10, "the board knows all tasks")
    assert "Redis is back: what waited has been appended" in program.end()


def test_a_program_that_ends_in_an_outage_says_what_the_board_was_not_told(
    start: Callable[..., Program], board: RedisServer, redis_client: redis.Redis
) -> None:
    program = start()
    board.stop()
    program.send(5)
    assert "ends before the board was told of all" in program.end()
    assert redis_client.llen("shop") == 7, "they are on their queue"


def test_a_program_that_runs_no_threads_tells_again_after_a_while(
    start: Callable[..., Program], board: RedisServer
) -> None:
    program = start("no-threads")
    board.stop()
    program.send(3)
    board.restart()
    wait_until(lambda: program.send(1) and told(board) > 2, 10, "the board is told again")

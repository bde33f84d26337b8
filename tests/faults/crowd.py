"""Many clients in one process of their own, each a bare socket: `python -m tests.faults.crowd PORT KIND COUNT`.

It says `{"served": …, "refused": …, "failed": …}` when all have come, and stays until its standard input ends.
"""

import asyncio
import collections
import contextlib
import json
import os
import resource
import select
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator

from tests.processes import ROOT

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[str]]

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
AT_ONCE = 250
PATIENCE_S = 60.0


def frame(payload: bytes, opcode: int = 1, final: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame from a client, its mask all zeros."""
    head = bytes([final << 7 | reserved << 4 | opcode])
    mask = b"\0\0\0\0" if masked else b""
    if len(payload) < 126:
        return head + bytes([masked << 7 | len(payload)]) + mask + payload
    size = b"\x7e" + len(payload).to_bytes(2) if len(payload) < 65_536 else b"\x7f" + len(payload).to_bytes(8)
    return head + bytes([masked << 7 | size[0]]) + size[1:] + mask + payload


async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """A page that watches the board and answers pings."""
    writer.write(UPGRADE)
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        writer.close()
        return "refused" if b" 503 " in head else "failed"
    writer.write(frame(b"40") + frame(b'420["subscribe",{"room":"board"}]'))
    await reader.readuntil(b'430[{"room":"board"')
    asyncio.get_running_loop().create_task(_answer_pings(reader, writer))
    return "served"


async def _answer_pings(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while heard := await reader.read(65_536):
            if b"\x81\x012" in heard:
                writer.write(frame(b"3"))


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Connects and is silent."""
    return "served"


async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Sends a request's head, one byte a second."""
    asyncio.get_running_loop().create_task(_drip(writer))
    return "served"


async def _drip(writer: asyncio.StreamWriter) -> None:
    for byte in UPGRADE:
        writer.write(bytes([byte]))
        await asyncio.sleep(1)


VISITS: dict[str, Visit] = {"watch": watch, "say_nothing": say_nothing, "dawdle": dawdle}


async def _come(port: int, visit: Visit, door: asyncio.Semaphore, inside: list[Client]) -> str:
    async with door:
        try:
            async with asyncio.timeout(PATIENCE_S):
                client = await asyncio.open_connection("127.0.0.1", port)
                inside.append(client)
                return await visit(*client)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            return "failed"


async def _left(inside: list[Client]) -> int:
    """How many the server has sent away."""
    await asyncio.sleep(0)
    return sum(reader.at_eof() for reader, _ in inside)


async def _crowd(port: int, kind: str, count: int) -> None:
    door, inside = asyncio.Semaphore(AT_ONCE), list[Client]()
    outcomes = await asyncio.gather(*(_come(port, VISITS[kind], door, inside) for _ in range(count)))
    told = dict.fromkeys(("served", "refused", "failed"), 0) | collections.Counter(outcomes)
    print(json.dumps(told), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"sent_away": await _left(inside)}), flush=True)


class Crowd:
    """A crowd that comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def is_coming(self) -> bool:
        """Whether some are still on their way."""
        assert self._process.stdout
        return not select.select([self._process.stdout], [], [], 0)[0]

    def outcomes(self) -> dict[str, int]:
        """What became of them, once all have come."""
        return self._hear()

    def _hear(self) -> dict[str, int]:
        assert self._process.stdout
        told: dict[str, int] = json.loads(self._process.stdout.readline())
        return told

    def sent_away(self) -> int:
        """How many of its connections the server has closed."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._hear()["sent_away"]


@contextlib.contextmanager
def crowd(port: int, kind: str, count: int) -> Iterator[Crowd]:
    """Let `count` clients of this kind come; they leave at the end."""
    command = [sys.executable, "-m", "tests.faults.crowd", str(port), kind, str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Crowd(process)
        finally:
            process.kill()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(_crowd(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
    os._exit(0)

"""A bench that is ended on its way leaves nothing behind."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, wait_until


def started_by(pid: int) -> set[int]:
    """All processes below this one."""
    found = set[int]()
    with contextlib.suppress(OSError):  # it may end meanwhile
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                found |= {child} | started_by(child)
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.mark.timeout(90)
@pytest.mark.parametrize("arguments", [["bench.idle"], ["bench", "idle"]])
def test_a_bench_that_is_told_to_end_ends_what_it_has_started(arguments: list[str]) -> None:
    bench = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: any("bench.crowd" in command(pid) for pid in started_by(bench.pid)), 60, "all is started")
        below = {pid: command(pid) for pid in started_by(bench.pid)}
        for part in ("-server 127.0.0.1:", "python -m app"):
            assert any(part in said for said in below.values()), f"void: {below}"
    finally:
        bench.send_signal(signal.SIGTERM)
        status = bench.wait(60)
    left = {pid: said for pid, said in below.items() if said and command(pid) == said}
    assert (left, status) == ({}, 128 + signal.SIGTERM)

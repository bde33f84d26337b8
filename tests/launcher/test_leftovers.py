"""Ending what a killed launcher has left, and nothing else."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import leftovers

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
WILLING = "import time; print('ready', flush=True); time.sleep(60)"

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start_python(code: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", code]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        started.append(process)
        assert process.stdout and process.stdout.readline() == "ready\n"
        return process

    yield start_python
    for process in started:
        process.kill()
        process.communicate()


def test_what_was_recorded_is_ended(start: Start, tmp_path: Path) -> None:
    process = start(WILLING)
    leftovers.record(tmp_path / "processes.json", {"web": process.pid})

    assert leftovers.end(tmp_path / "processes.json") == ["web"]
    assert process.wait(5) != 0
    assert not (tmp_path / "processes.json").exists()


def test_what_does_not_end_in_time_is_killed(start: Start, tmp_path: Path) -> None:
    process = start(STUBBORN)
    leftovers.record(tmp_path / "processes.json", {"worker": process.pid})
    began_at = time.monotonic()

    leftovers.end(tmp_path / "processes.json", patience_s=0.3)

    assert process.wait(5) == -9
    assert time.monotonic() - began_at >= 0.3


def test_a_stranger_with_the_same_number_is_left_alone(start: Start, tmp_path: Path) -> None:
    stranger = start(WILLING)
    leftovers.record(tmp_path / "processes.json", {"web": stranger.pid})
    entries = json.loads((tmp_path / "processes.json").read_text())
    entries[0]["started"] = "long ago"
    (tmp_path / "processes.json").write_text(json.dumps(entries))

    assert leftovers.end(tmp_path / "processes.json") == []
    assert stranger.poll() is None


@pytest.mark.parametrize("text", ["", "{", '[{"name": 1}]', "[1]", "null"])
def test_a_damaged_record_ends_nothing_and_stops_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "processes.json").write_text(text)

    assert leftovers.end(tmp_path / "processes.json") == []


def test_no_record_is_no_leftover(tmp_path: Path) -> None:
    assert leftovers.end(tmp_path / "processes.json") == []

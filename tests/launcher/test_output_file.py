"""A child's output, followed through a file."""

import os
import stat
from pathlib import Path

import pytest

from launcher import output_file
from launcher.output_file import OutputFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "web.log"


@pytest.fixture
def output(path: Path):
    output = OutputFile(path)
    yield output
    output.close()


def test_lines_come_whole_and_once(output: OutputFile) -> None:
    os.write(output.fd, b"one\ntw")
    assert output.read_lines() == ["one"]

    os.write(output.fd, b"o\r\n\nthree")
    assert output.read_lines() == ["two", ""]
    assert output.read_rest() == ["three"]
    assert output.read_rest() == []


def test_bytes_that_are_no_text_do_no_harm(output: OutputFile) -> None:
    os.write(output.fd, b"\xff\xfe\n")

    assert output.read_lines() == ["��"]


def test_what_has_grown_too_long_is_cut_and_followed_on(
    output: OutputFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_file, "MAX_BYTES", 10)
    os.write(output.fd, b"0123456789\n")

    assert output.read_lines() + output.read_lines() == ["0123456789"]
    assert path.stat().st_size == 0
    os.write(output.fd, b"next\n")
    assert output.read_lines() == ["next"]


def test_the_output_of_the_run_before_is_kept_and_is_private(output: OutputFile, path: Path) -> None:
    os.write(output.fd, b"before\n")

    OutputFile(path).close()

    assert path.with_name("web.log.1").read_text() == "before\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

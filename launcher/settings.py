"""What the launcher takes from the environment, and what it hands to the processes it starts."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import ports
from launcher.errors import LauncherError

SENDER = "Pushboard <pushboard@localhost.localdomain>"


@dataclass(frozen=True)
class Settings:
    """The launcher's own: everything else of the environment is passed on as it is."""

    data_dir: Path  # DATA_DIR, .data
    host: str  # HOST, 127.0.0.1
    port: int  # PORT, 5000
    redis_url: str  # REDIS_URL; empty: start a Redis
    mail_server: str  # MAIL_SERVER; empty: start the mail sink

    @property
    def reachable_host(self) -> str:
        """Where this machine reaches the web process."""
        return ports.LOOPBACK if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - read, not bound

    @property
    def address(self) -> str:
        """Where a person opens the board."""
        return f"http://{self.reachable_host}:{self.port}"

    @property
    def address_file(self) -> Path:
        """Where another terminal reads the address, while all runs."""
        return self.data_dir / "web.address"


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings."""
    port = env.get("PORT", "") or "5000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise LauncherError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Settings(
        data_dir=Path(env.get("DATA_DIR", "") or ".data").resolve(),
        host=env.get("HOST", "") or ports.LOOPBACK,
        port=int(port),
        redis_url=env.get("REDIS_URL", ""),
        mail_server=env.get("MAIL_SERVER", ""),
    )


def for_children(settings: Settings, redis_url: str) -> dict[str, str]:
    """The environment of web, worker and mail sink; this Python's programs come first on PATH."""
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(settings.data_dir),
        "HOST": settings.host,
        "PORT": str(settings.port),
        "REDIS_URL": redis_url,
    }
    return env if settings.mail_server else env | _for_mail_sink(settings, env)


def _for_mail_sink(settings: Settings, env: Mapping[str, str]) -> dict[str, str]:
    return {
        "MAIL_SERVER": ports.LOOPBACK,
        "MAIL_PORT": str(ports.free_port()),
        "MAIL_USE_TLS": "",
        "MAIL_USE_SSL": "",
        "MAIL_USERNAME": "",
        "MAIL_PASSWORD": "",
        "MAIL_DEFAULT_SENDER": env.get("MAIL_DEFAULT_SENDER", "") or SENDER,
        "MAIL_SINK_DIR": str(settings.data_dir / "mails"),
    }

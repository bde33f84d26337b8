"""Every setting of the web process; the only reader of the environment in app/."""

import os
import re
import secrets
import tempfile
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from worker.addresses import check_address
from worker.errors import SettingError

MAX_BODY_BYTES = 2_000_000
SHORTEST_SECRET = 16
LONGEST_URL = 500
MOST_ADDRESSES = 20
PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", re.ASCII)
WEB_NAME = re.compile(r"[A-Za-z0-9-]{1,32}", re.ASCII)
KNOWN_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "development", "top-secret!", "secret_key"})
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Flask's configuration from the environment. Raises SettingError, which names the setting.

    HOST, PORT: where to listen (127.0.0.1, 5000). DATA_DIR: for what is kept on disk (.data). SECRET_KEY: signs the
    session cookie; made once into DATA_DIR if unset. TRUSTED_HOSTS: names this site is reached by, with commas.
    TRUSTED_ORIGINS: where browsers see it behind a proxy that ends TLS, as https://board.example, with commas.
    SECURE_COOKIES: the session cookie goes over TLS only (true if all TRUSTED_ORIGINS are https://).
    PUBLIC_URL: where the links in mails lead (the first of TRUSTED_ORIGINS; else http with the first name and PORT).
    WEB_NAME: begins the ids of this process's Socket.IO sessions, so that a load balancer knows whose they are (none).
    MOST_CONNECTIONS: browsers and other connections at once (5000); more are told that there is no room.
    ALERT_EMAILS: who gets mails about alarms, ALERT_MAILS_AN_HOUR at most (nobody, 10). ALERT_QUEUE_SECONDS (300).
    MAIL_SINK_DIR: where the local mail sink writes, in development only. ASYNC_MODE: eventlet or threading.
    """
    environ = os.environ if environ is None else environ
    host = environ.get("HOST") or "127.0.0.1"
    origins = _trusted_origins(environ)
    return {
        "HOST": host,
        "PORT": _port(environ.get("PORT") or "5000"),
        "SECRET_KEY": _secret(environ, is_public=bool(origins) or not is_loopback(host)),
        "TRUSTED_HOSTS": _trusted_hosts(environ, host, origins),
        "TRUSTED_ORIGINS": origins,
        "PUBLIC_URL": _public_url(environ, host, origins),
        "WEB_NAME": _web_name(environ.get("WEB_NAME") or ""),
        "MOST_CONNECTIONS": _whole(environ, "MOST_CONNECTIONS", 5_000, 1, 60_000),
        "ALERT_EMAILS": _addresses(environ.get("ALERT_EMAILS")),
        "ALERT_QUEUE_SECONDS": _whole(environ, "ALERT_QUEUE_SECONDS", 300, 1, 86_400),
        "ALERT_MAILS_AN_HOUR": _whole(environ, "ALERT_MAILS_AN_HOUR", 10, 1, 1_000),
        "MAIL_SINK_DIR": environ.get("MAIL_SINK_DIR") or None,
        "ASYNC_MODE": async_mode(environ),
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
        "MAX_FORM_PARTS": 50,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": _secure_cookies(environ, origins),
        "SESSION_COOKIE_NAME": "pushboard",
        "SEND_FILE_MAX_AGE_DEFAULT": None,
    }


def _port(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise SettingError(f"PORT must be a number from 1 to 65535, not {given!r}")
    return int(given)


def _web_name(given: str) -> str:
    if given and not WEB_NAME.fullmatch(given):
        raise SettingError(f"WEB_NAME must be 1 to 32 letters, digits or hyphens, not {given!r}")
    return given


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = environ.get(name) or str(default)
    if not (given.isascii() and given.isdecimal() and len(given) <= 9 and least <= int(given) <= most):
        raise SettingError(f"{name} must be a number from {least} to {most}, not {given!r}")
    return int(given)


def _addresses(given: str | None) -> tuple[str, ...]:
    addresses = tuple(dict.fromkeys(_list(given)))
    if len(addresses) > MOST_ADDRESSES:
        raise SettingError(f"ALERT_EMAILS must have at most {MOST_ADDRESSES} addresses; write to a list instead")
    for address in addresses:
        try:
            check_address(address)
        except ValueError as error:
            raise SettingError(f"ALERT_EMAILS must have e-mail addresses with commas between them. {error}") from None
    return addresses


def async_mode(environ: Mapping[str, str] | None = None) -> str:
    """What serves: eventlet or threading. Asked before anything is patched, so this file imports next to nothing.

    The `flask` command patches nothing: there it is threading, if nobody says otherwise.
    """
    environ = os.environ if environ is None else environ
    given = environ.get("ASYNC_MODE") or ("threading" if environ.get("FLASK_RUN_FROM_CLI") else "eventlet")
    if given not in ("eventlet", "threading"):
        raise SettingError(f"ASYNC_MODE must be eventlet or threading, not {given!r}")
    return given


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _list(given: str | None) -> list[str]:
    return [name.strip() for name in (given or "").split(",") if name.strip()]


def _trusted_origins(environ: Mapping[str, str]) -> frozenset[str]:
    return frozenset(_origin(given) for given in _list(environ.get("TRUSTED_ORIGINS")))


def _origin(given: str) -> str:
    """As browsers write it: lower case, without the scheme's own port."""
    origin = given.lower().removesuffix("/")
    try:
        url = urlsplit(origin)
        usual_port = {"http": 80, "https": 443}.get(url.scheme)
        if usual_port and url.hostname and origin == f"{url.scheme}://{url.netloc}" and "@" not in url.netloc:
            return origin.removesuffix(f":{usual_port}") if url.port == usual_port else origin
    except ValueError:  # a port that is none
        pass
    raise SettingError(f"TRUSTED_ORIGINS must have origins such as https://board.example in it, not {given!r}")


def _public_url(environ: Mapping[str, str], host: str, origins: Collection[str]) -> str:
    """Where people find this site, without a slash at the end; for links in mails, where no request says it."""
    given = (environ.get("PUBLIC_URL") or "").removesuffix("/")
    if not given:
        name = next(iter(_list(environ.get("TRUSTED_HOSTS"))), host)
        return min(origins, default=f"http://{name}:{_port(environ.get('PORT') or '5000')}")
    if PUBLIC_URL.fullmatch(given) and len(given) <= LONGEST_URL:
        return given
    raise SettingError(f"PUBLIC_URL must be an address such as https://board.example, not {given!r}")


def _trusted_hosts(environ: Mapping[str, str], host: str, origins: Iterable[str]) -> list[str]:
    """The names in TRUSTED_ORIGINS need not be given twice."""
    named = _list(environ.get("TRUSTED_HOSTS")) + [urlsplit(origin).hostname or "" for origin in origins]
    if named or is_loopback(host):
        return [*named, *LOOPBACK_NAMES]
    raise SettingError(f"TRUSTED_HOSTS must name the hosts this site is reached by, as HOST={host} is open to others")


def _secure_cookies(environ: Mapping[str, str], origins: Collection[str]) -> bool:
    by_origins = bool(origins) and all(origin.startswith("https:") for origin in origins)
    given = (environ.get("SECURE_COOKIES") or str(by_origins)).lower()
    if given not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise SettingError(f"SECURE_COOKIES must be true or false, not {given!r}")
    return given in ("1", "true", "yes", "on")


def _secret(environ: Mapping[str, str], *, is_public: bool) -> str:
    given = environ.get("SECRET_KEY") or ""
    if given and is_public and (len(given) < SHORTEST_SECRET or given.lower() in KNOWN_SECRETS):
        raise SettingError(
            f"SECRET_KEY must be {SHORTEST_SECRET} characters or more, and nobody else's, on a public address"
        )
    if not given and is_public:
        raise SettingError(
            "SECRET_KEY must be set on a public address: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return given or _kept_secret(Path(environ.get("DATA_DIR") or ".data") / "secret_key")


def _kept_secret(path: Path) -> str:
    """A secret made once and kept, readable by nobody else."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _keep(secrets.token_hex(32), path)
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingError(f"SECRET_KEY in {path} is too short: delete the file, and a new one is made")
    return secret


def _keep(secret: str, path: Path) -> None:
    """All at once, or not at all if another process has been quicker: nobody ever reads half of it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)

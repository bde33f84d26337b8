"""Every setting of the worker and of what both processes share; the only reader of the environment in worker/."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from worker.errors import SettingError
from worker.logs.journal import JournalLimits
from worker.stream import Limits


@dataclass(frozen=True)
class Settings:
    """The settings, each with the environment variable of the same name in capitals.

    redis_url: where the log and the table are. broker_url, result_backend: Celery's (CELERY_BROKER_URL,
    CELERY_RESULT_BACKEND; both as redis_url unless set). limits: what is kept (LOG_ENTRIES, KEPT_TASKS, KEPT_DAYS).
    journal_limits: which of the workers' log lines are kept (KEPT_LOG_LINES, KEPT_LOG_MEGABYTES, KEPT_LOG_DAYS).
    worker_concurrency: tasks at once. task_modules: Python modules with tasks that the worker has beside its own
    (TASK_MODULES). max_losses: how many executions of a task may be lost with their worker, or with
    its process, until it is given up. mail_*: Flask-Mail's names; mail_timeout_s in seconds.
    mail_retry_s: seconds before a mail that was refused for now is tried again the first time; longer each time after.
    mail_patience_s: seconds that a mailing waits for a mail server that does not answer before it gives up.
    """

    redis_url: str = "redis://127.0.0.1:6379/0"
    broker_url: str = ""
    result_backend: str = ""
    worker_concurrency: int = 8
    task_modules: tuple[str, ...] = ()
    max_losses: int = 3
    limits: Limits = field(default_factory=Limits)
    journal_limits: JournalLimits = field(default_factory=JournalLimits)
    mail_server: str = "127.0.0.1"
    mail_port: int = 25
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_username: str | None = None
    mail_password: str | None = field(default=None, repr=False)
    mail_default_sender: str = "pushboard@localhost"
    mail_timeout_s: float = 20.0
    mail_retry_s: float = 10.0
    mail_patience_s: float = 600.0


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment. Raises SettingError, which names the first that cannot be used."""
    redis_url = _redis_url(environ, "REDIS_URL", Settings.redis_url)
    return Settings(
        redis_url=redis_url,
        broker_url=environ.get("CELERY_BROKER_URL") or redis_url,
        result_backend=environ.get("CELERY_RESULT_BACKEND") or redis_url,
        worker_concurrency=_whole(environ, "WORKER_CONCURRENCY", 8, 1, 1_000),
        task_modules=_modules(environ, "TASK_MODULES"),
        max_losses=_whole(environ, "MAX_LOSSES", Settings.max_losses, 1, 1_000),
        limits=_limits(environ),
        journal_limits=_journal_limits(environ),
        mail_server=environ.get("MAIL_SERVER") or Settings.mail_server,
        mail_port=_whole(environ, "MAIL_PORT", 25, 1, 65_535),
        mail_use_tls=_flag(environ, "MAIL_USE_TLS"),
        mail_use_ssl=_flag(environ, "MAIL_USE_SSL"),
        mail_username=environ.get("MAIL_USERNAME") or None,
        mail_password=environ.get("MAIL_PASSWORD") or None,
        mail_default_sender=environ.get("MAIL_DEFAULT_SENDER") or Settings.mail_default_sender,
        mail_timeout_s=_seconds(environ, "MAIL_TIMEOUT_S", Settings.mail_timeout_s, 600),
        mail_retry_s=_seconds(environ, "MAIL_RETRY_S", Settings.mail_retry_s, 3_600),
        mail_patience_s=_seconds(environ, "MAIL_PATIENCE_S", Settings.mail_patience_s, 86_400),
    )


def _limits(environ: Mapping[str, str]) -> Limits:
    days = _whole(environ, "KEPT_DAYS", 7, 1, 3_650)
    return Limits(
        log_entries=_whole(environ, "LOG_ENTRIES", 100_000, 1_000, 10_000_000),
        tasks=_whole(environ, "KEPT_TASKS", 100_000, 100, 10_000_000),
        seconds=days * 24 * 3600,
    )


def _journal_limits(environ: Mapping[str, str]) -> JournalLimits:
    return JournalLimits(
        lines=_whole(environ, "KEPT_LOG_LINES", 100_000, 1_000, 10_000_000),
        bytes=_whole(environ, "KEPT_LOG_MEGABYTES", 64, 1, 10_000) * 1024 * 1024,
        seconds=_whole(environ, "KEPT_LOG_DAYS", 3, 1, 365) * 24 * 3600,
    )


def _modules(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    given = tuple(part.strip() for part in (environ.get(name) or "").split(",") if part.strip())
    for module in given:
        if module.endswith(".py") or not all(part.isidentifier() for part in module.split(".")):
            raise SettingError(f"{name} must be names of Python modules with commas, as in shop_tasks, not {module!r}")
    return given


def _redis_url(environ: Mapping[str, str], name: str, default: str) -> str:
    url = environ.get(name) or default
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise SettingError(f"{name} must begin with redis://, rediss:// or unix://, as in {Settings.redis_url}")
    return url


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = environ.get(name) or str(default)
    if not given.isdecimal() or not least <= int(given) <= most:
        raise SettingError(f"{name} must be a whole number from {least} to {most}, not {given!r}")
    return int(given)


def _seconds(environ: Mapping[str, str], name: str, default: float, most: int) -> float:
    given = environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", given, re.ASCII) or not 0.1 <= float(given) <= most:
        raise SettingError(f"{name} must be a number of seconds from 0.1 to {most}, not {given!r}")
    return float(given)


def _flag(environ: Mapping[str, str], name: str) -> bool:
    given = (environ.get(name) or "false").lower()
    if given not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise SettingError(f"{name} must be true or false, not {given!r}")
    return given in ("1", "true", "yes", "on")


settings = load(os.environ)

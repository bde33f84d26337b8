"""Lets things go wrong, and looks at the alarms that come of it."""

import json
from collections.abc import Callable
from typing import Any

import redis

from tests.asking import ask
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.worker.told import sent, started
from worker import events, keys, states
from worker.stream import Log

Start = Callable[..., Service]
ADDRESS, OTHER = "ops@example.com", "boss@example.com"
MAILS = {"ALERT_EMAILS": f"{ADDRESS}, {OTHER}", "PUBLIC_URL": "https://board.example"}


def alarms(web: Service) -> list[dict[str, Any]]:
    """Those that the web tells of, by cause and subject."""
    rows: list[dict[str, Any]] = json.loads(ask(web, "/api/alarms")[2])["alarms"]
    return sorted(rows, key=lambda row: (row["cause"], row["subject"]))


def fail(
    log: Log, *task_ids: str, error: str = "ValueError: no paper", state: str = states.FAILURE, summary: str = ""
) -> None:
    """These tasks end badly."""
    for task_id in task_ids:
        log.append(sent(task_id))
        log.append(started(task_id))
        log.append(events.ended("task-ended", task_id, state, "r1", 1, error=error, summary=summary or error))


def counted(web: Service) -> list[tuple[str, str, int]]:
    """What the web tells of: cause, detail, how often."""
    return [(row["cause"], row["detail"], row["count"]) for row in alarms(web)]


def mails_come(smtp_server: SmtpServer) -> None:
    """Until each address has one."""
    wait_until(lambda: len(smtp_server.times_sent()) == 2, 40, "the mails are there")


def looked(web: Service, redis_client: redis.Redis) -> None:
    """Until somebody has looked for alarms, so that what happens from now on is news."""
    wait_until(lambda: redis_client.get(keys.ALARMS_OFFSET), 10, "the first look has been taken")

"""Starts tasks through a web process, and looks at what it has sent."""

import base64
import json
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from kombu.utils.json import loads

import tests.form_tasks  # noqa: F401  # registers its tasks
import worker.tasks  # noqa: F401  # as above
from tests.asking import ask
from tests.processes import Service
from worker import keys
from worker.celery_app import celery_app
from worker.offer import entries
from worker.registry import Registry

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def run_web(web: Service, redis_client: redis.Redis) -> Service:
    """A web process, and what a worker with the tasks of tests/form_tasks.py has published."""
    Registry(redis_client).publish(entries(celery_app, "w1"))
    return web


def start(web: Service, body: object) -> tuple[int, dict[str, Any]]:
    """Start a task as a program does; what is no text is sent as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    status, _, told = ask(web, "/api/tasks", "POST", text, Content_Type="application/json")
    return status, json.loads(told)


def submit(web: Service, name: str, fields: dict[str, str], **headers: str) -> tuple[int, dict[str, str], str]:
    """Send a form as a browser does without a script."""
    status, told, text = ask(web, f"/run/{name}", "POST", urlencode(fields), Content_Type=FORM, **headers)
    return status, told, unescape(text)


def sent(client: redis.Redis, queue: str = "celery") -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """Headers, args and kwargs of the one message on the queue."""
    assert client.llen(queue) == 1
    message = json.loads(str(client.rpop(queue)))
    args, kwargs, _ = loads(base64.b64decode(message["body"]))
    return message["headers"], args, kwargs


def nothing_sent(client: redis.Redis) -> bool:
    """Whether no task was sent to any queue, nor told of."""
    return client.llen("celery") == client.llen("orders") == 0 and not client.exists(keys.SENT)

"""What workers publish of their tasks: from a real worker's start, and bounded whatever they say."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import redis

import worker.tasks  # noqa: F401  # registers them
from tests.processes import Service, wait_until
from worker import keys, offer
from worker.celery_app import celery_app
from worker.config import settings
from worker.registry import KEPT_S, LONGEST_ENTRY, MOST_TASKS, SILENT_S, Registry, Runnable

StartWorker = Callable[..., Service]


@pytest.fixture
def registry(redis_client: redis.Redis) -> Registry:
    return Registry(redis_client)


def published(registry: Registry, name: str) -> Runnable:
    """This task, as soon as the worker has told of it."""
    wait_until(lambda: registry.one(name), 10, f"{name} is published")
    found = registry.one(name)
    assert found
    return found


def entry(*names: str, **more: Any) -> dict[str, Any]:
    """What a worker publishes of a task with these parameters."""
    parameters = [{"name": name, "kind": "keyword_only", "shape": {}, "required": True} for name in names]
    return {"doc": "", "parameters": parameters, "queue": "celery", "worker": "w1", **more}


def silent_for(client: redis.Redis, name: str, seconds: float) -> None:
    """As if no worker with this task had been heard of for so long."""
    now_s, _ = client.time()  # type: ignore[misc]  # redis types it for both of its clients
    client.zadd(keys.TASKS_SEEN, {name: now_s - seconds})


def test_a_worker_publishes_what_its_tasks_take(start_worker: StartWorker, registry: Registry) -> None:
    worker = start_worker("--concurrency=1", "-I", "tests.form_tasks")
    told = published(registry, "forms.every_kind")
    shapes = {one["name"]: one["shape"] for one in told.parameters}
    assert shapes == {
        "text": {"type": "string"},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "loud": {"type": "boolean"},
        "mode": {"enum": ["fast", "slow", 1]},
        "size": {"enum": ["s", "l"]},
        "day": {"type": "string", "format": "date", "nullable": True},
        "tags": {"type": "array", "items": {"type": "string"}, "nullable": True},
        "anything": {},
    }
    assert [one["name"] for one in told.parameters if one["required"]] == ["text"]
    assert {one["name"]: one.get("default") for one in told.parameters}["size"] == "s"
    assert told.doc.startswith("Says what it was given.\n\nEach parameter")
    assert (told.queue, told.has_worker) == ("celery", True)
    assert worker.returncode is None


def test_kinds_models_and_what_has_no_type_are_told(start_worker: StartWorker, registry: Registry) -> None:
    start_worker("--concurrency=1", "-I", "tests.form_tasks")
    kinds = {one["name"]: one["kind"] for one in published(registry, "forms.any_arguments").parameters}
    assert kinds == {
        "first": "positional_only",
        "second": "positional_or_keyword",
        "rest": "var_positional",
        "flag": "keyword_only",
        "options": "var_keyword",
    }
    order = published(registry, "forms.order")
    model, address = [one["shape"] for one in order.parameters]
    assert model["properties"]["items"]["items"]["properties"]["price"]["minimum"] == 0
    assert (model["required"], address["required"]) == (["number", "due"], ["city", "street"])
    assert order.queue == "orders"
    silent = published(registry, "forms.silent")
    assert (silent.doc, silent.parameters[0]["shape"]) == ("", {})
    assert "default" not in published(registry, "forms.long_default").parameters[0]
    assert not [one.name for one in registry.all() if one.name.startswith("celery.")]


def test_a_worker_tells_again_what_redis_has_lost(registry: Registry, redis_client: redis.Redis) -> None:
    registry.publish({"a": entry(), "b": entry()})
    assert registry.refresh(["a", "b"])
    for key in (keys.TASKS, keys.TASKS_SEEN):
        redis_client.delete(key)
        assert not registry.refresh(["a", "b"]), key
        registry.publish({"a": entry(), "b": entry()})
        assert registry.refresh(["a", "b"]), key


def test_a_running_worker_heals_a_registry_that_was_emptied(
    registry: Registry, redis_client: redis.Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer, "INTERVAL_S", 0.05)
    monkeypatch.setattr(offer, "settings", replace(settings, redis_url=redis_url))
    telling = offer.Offer(celery_app, "w1")
    telling.start()
    try:
        published(registry, "demo.long_task")
        redis_client.flushall()
        published(registry, "demo.long_task")
        silent_for(redis_client, "demo.long_task", KEPT_S + 5)
        assert published(registry, "demo.long_task").has_worker
    finally:
        telling.ended.set()
        telling.join(5)
    assert not telling.is_alive()


def test_tasks_of_workers_long_gone_are_forgotten(registry: Registry, redis_client: redis.Redis) -> None:
    registry.publish({"old": entry(), "quiet": entry(), "new": entry()})
    assert all(one.has_worker for one in registry.all())
    silent_for(redis_client, "quiet", SILENT_S + 5)
    silent_for(redis_client, "old", KEPT_S + 5)
    assert [(one.name, one.has_worker) for one in registry.all()] == [("new", True), ("quiet", False)]
    assert registry.one("old") is None
    assert redis_client.hexists(keys.TASKS, "old"), "void: it was forgotten already"
    registry.publish({"new": entry()})
    assert not redis_client.hexists(keys.TASKS, "old")
    assert redis_client.zscore(keys.TASKS_SEEN, "old") is None


def test_what_is_kept_is_bounded(registry: Registry, redis_client: redis.Redis) -> None:
    registry.publish({"x" * 301: entry(), "long doc": entry("one", doc="x" * 50_000)})
    assert [(one.name, one.doc) for one in registry.all()] == [("long doc", "")]
    registry.publish({"long": entry(*(str(number) for number in range(100_000)))})
    assert registry.one("long") is None
    wide = {"name": "w", "kind": "keyword_only", "required": True, "shape": {"enum": ["x" * LONGEST_ENTRY]}}
    registry.publish({"wide": {**entry(), "parameters": [wide]}})
    assert "shape" not in published(registry, "wide").parameters[0]
    registry.publish({f"t{number}": entry() for number in range(MOST_TASKS + 50)})
    registry.publish({"newest": entry()})
    assert redis_client.hlen(keys.TASKS) == redis_client.zcard(keys.TASKS_SEEN) == MOST_TASKS


@pytest.mark.parametrize(
    "garbage", ["", "[]", "{", "[" * 100_000, '{"doc": 1}', json.dumps(entry() | {"parameters": [{"name": 1}]})]
)
def test_what_no_worker_wrote_is_passed_over(registry: Registry, redis_client: redis.Redis, garbage: str) -> None:
    registry.publish({"fine": entry(), "foreign": entry()})
    redis_client.hset(keys.TASKS, "foreign", garbage)
    assert [one.name for one in registry.all()] == ["fine"]
    assert registry.one("foreign") is None

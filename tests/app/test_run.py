"""Any task is run by a program; what cannot be used is refused by its field, and nothing is sent."""

import json
from datetime import date
from typing import Any

import redis

from tests.asking import ask
from tests.processes import Service
from tests.running import nothing_sent, run_web, sent, start, submit
from worker import keys
from worker.registry import SILENT_S

__all__ = ["run_web"]  # a fixture


def test_a_program_starts_a_task(run_web: Service, redis_client: redis.Redis) -> None:
    kwargs = {"text": "hello", "count": 7, "day": "2026-02-28", "tags": ["a"], "anything": {"deep": [1.5, None, True]}}
    status, told = start(run_web, {"name": "forms.every_kind", "kwargs": kwargs})
    assert status == 202
    assert told["location"] == f"/tasks/{told['task_id']}"
    headers, args, given = sent(redis_client)
    assert (headers["id"], headers["task"], args) == (told["task_id"], "forms.every_kind", [])
    assert given == kwargs | {"day": date(2026, 2, 28)}
    assert ask(run_web, told["location"])[0] == 200


def test_the_address_of_who_asks_goes_with_the_task_and_no_other_is_believed(
    run_web: Service, redis_client: redis.Redis
) -> None:
    forged = {"X_Forwarded_For": "192.0.2.99", "Forwarded": "for=192.0.2.99", "X_Real_IP": "192.0.2.99"}
    status, _, told = ask(
        run_web, "/api/tasks", "POST", '{"name": "demo.long_task"}', Content_Type="application/json", **forged
    )
    assert status == 202
    assert sent(redis_client)[0]["pushboard"] == {"user": None, "address": "127.0.0.1"}
    row = json.loads(ask(run_web, f"/api/tasks/{json.loads(told)['task_id']}")[2])
    assert row["sender"] == {"address": "127.0.0.1"}


def test_arguments_go_where_the_task_takes_them(run_web: Service, redis_client: redis.Redis) -> None:
    whole = {"first": 1, "rest": [3, 4], "flag": True, "options": {"colour": "red"}}
    assert start(run_web, {"name": "forms.any_arguments", "kwargs": whole})[0] == 202
    assert sent(redis_client)[1:] == ([1, 2, 3, 4], {"flag": True, "colour": "red"})
    assert start(run_web, {"name": "forms.any_arguments", "kwargs": {"first": 1, "flag": False}})[0] == 202
    assert sent(redis_client)[1:] == ([1], {"flag": False})


def test_a_task_goes_to_the_queue_of_its_workers(run_web: Service, redis_client: redis.Redis) -> None:
    order = {"number": 1, "due": "2026-01-02", "items": [{"sku": "ab", "price": 2}]}
    body = {"name": "forms.order", "kwargs": {"order": order, "address": {"street": "s", "city": "c"}}}
    assert start(run_web, body)[0] == 202
    assert sent(redis_client, "orders")[2]["order"] == order | {"due": date(2026, 1, 2)}


EVERY: dict[str, Any] = {"text": "x"}
ORDER: dict[str, Any] = {"number": 1, "due": "2026-01-02"}
ADDRESS = {"street": "s", "city": "c"}
MARKED = {"__type__": "date", "__value__": "no date"}
NESTED: Any = None
for _ in range(60):
    NESTED = [NESTED]

BAD_ARGUMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("forms.every_kind", {}, "text"),
    ("forms.every_kind", EVERY | {"text": 1}, "text"),
    ("forms.every_kind", EVERY | {"text": None}, "text"),
    ("forms.every_kind", {"text": "\ud800"}, "text"),
    *[("forms.every_kind", EVERY | {"count": bad}, "count") for bad in ("3", 3.5, True, None, 2**70, [3])],
    *[("forms.every_kind", EVERY | {"ratio": bad}, "ratio") for bad in ("0.5", float("nan"), float("inf"), False)],
    ("forms.every_kind", EVERY | {"loud": "yes"}, "loud"),
    ("forms.every_kind", EVERY | {"loud": 1}, "loud"),
    ("forms.every_kind", EVERY | {"mode": "medium"}, "mode"),
    ("forms.every_kind", EVERY | {"mode": True}, "mode"),  # 1 is a mode, and Python takes True for it
    ("forms.every_kind", EVERY | {"size": {}}, "size"),
    *[("forms.every_kind", EVERY | {"day": bad}, "day") for bad in ("2026-02-30", "soon", 20260228, "9" * 5_000)],
    ("forms.every_kind", EVERY | {"tags": "a"}, "tags"),
    ("forms.every_kind", EVERY | {"tags": ["a", 2]}, "tags[1]"),
    ("forms.every_kind", EVERY | {"anything": [{"a": float("nan")}]}, "anything[0].a"),
    ("forms.every_kind", EVERY | {"anything": MARKED}, "anything"),
    ("forms.every_kind", EVERY | {"anything": 2**64}, "anything"),
    ("forms.every_kind", EVERY | {"anything": NESTED}, "anything"),
    ("forms.every_kind", EVERY | {"queue": "other"}, "queue"),
    ("forms.every_kind", EVERY | {"self": 1}, "self"),
    ("forms.any_arguments", {"first": 1, "flag": True, "rest": 5}, "rest"),
    ("forms.any_arguments", {"first": 1, "flag": True, "rest": [5, "x"]}, "rest[1]"),
    ("forms.any_arguments", {"first": 1, "flag": True, "options": {"second": 1}}, "options.second"),
    ("forms.any_arguments", {"first": 1, "flag": True, "options": [1]}, "options"),
    ("forms.any_arguments", {"flag": True}, "first"),
    ("forms.order", {"order": ORDER | {"number": "1"}, "address": ADDRESS}, "order.number"),
    ("forms.order", {"order": {"number": 1}, "address": ADDRESS}, "order.due"),
    ("forms.order", {"order": ORDER | {"colour": "red"}, "address": ADDRESS}, "order.colour"),
    ("forms.order", {"order": ORDER | {"items": [{"sku": "a", "price": 1}]}, "address": ADDRESS}, "order.items[0].sku"),
    (
        "forms.order",
        {"order": ORDER | {"items": [{"sku": "ab", "price": -1}]}, "address": ADDRESS},
        "order.items[0].price",
    ),
    ("forms.order", {"order": ORDER, "address": {"street": "s"}}, "address.city"),
    ("forms.order", {"order": [], "address": ADDRESS}, "order"),
]


def test_a_bad_value_is_refused_by_its_field(run_web: Service, redis_client: redis.Redis) -> None:
    for name, kwargs, field in BAD_ARGUMENTS:
        status, told = start(run_web, {"name": name, "kwargs": kwargs})
        assert (status, told["error"].get("code")) == (400, "bad_fields"), kwargs
        assert list(told["error"]["fields"]) == [field], kwargs
        assert field in told["error"]["message"]
    assert nothing_sent(redis_client)


BAD_BODIES: list[tuple[str, str]] = [
    ('{"kwargs": {}}', "name"),
    ('{"name": ["x"]}', "name"),
    ('{"name": "forms.nobody"}', "name"),
    ('{"name": "celery.backend_cleanup"}', "name"),
    ('{"name": "demo.long_task", "kwargs": []}', "kwargs"),
    *[
        (f'{{"name": "demo.long_task", "{field}": "x"}}', field)
        for field in ("queue", "serializer", "task_id", "args", "headers", "countdown")
    ],
    ('{"name": "demo.long_task", "kwargs": {"step_s": NaN}}', "step_s"),
    ('{"name": "demo.long_task", "kwargs": {"step_s": -Infinity}}', "step_s"),
    ('{"name": "demo.long_task", "kwargs": {"step_s": 1e999}}', "step_s"),
    ("[]", ""),
    ("{", ""),
    ("7", ""),
    ("", ""),
    ("[" * 100_000, ""),
    ('{"name": ' + "9" * 100_000 + "}", ""),
]


def test_a_body_that_is_no_start_is_refused(run_web: Service, redis_client: redis.Redis) -> None:
    for body, field in BAD_BODIES:
        status, told = start(run_web, body)
        assert status == 400, body
        assert told["error"].get("fields", {"": ""}).keys() == {field}, body
    assert nothing_sent(redis_client)


def test_what_is_too_much_is_refused(run_web: Service, redis_client: redis.Redis) -> None:
    for size in (300_000, 10_000_000):
        status, told = start(run_web, {"name": "forms.every_kind", "kwargs": {"text": "x" * size}})
        assert (status, told["error"]["code"]) == (413, "request_entity_too_large")
    assert submit(run_web, "forms.every_kind", {"text": "x" * 300_000})[0] == 413
    many = start(run_web, {"name": "forms.every_kind", "kwargs": {"text": "x", "tags": [0] * 50_000}})
    assert many[0] == 400
    assert len(many[1]["error"]["fields"]) == 50
    assert nothing_sent(redis_client)


def test_another_content_type_or_another_sites_page_is_refused(run_web: Service, redis_client: redis.Redis) -> None:
    body = '{"name": "demo.long_task"}'
    assert ask(run_web, "/api/tasks", "POST", body, Content_Type="text/plain")[0] == 400
    foreign = {"Origin": "http://evil.example"}
    assert ask(run_web, "/api/tasks", "POST", body, Content_Type="application/json", **foreign)[0] == 403
    assert submit(run_web, "demo.long_task", {"step_s": "1"}, **foreign)[0] == 403
    assert nothing_sent(redis_client)


def test_what_can_be_run_is_listed_and_searched(run_web: Service, redis_client: redis.Redis) -> None:
    page = ask(run_web, "/run")[2]
    for name in ("demo.long_task", "mail.send_test_email", "forms.every_kind"):
        assert f'href="/run/{name}"' in page
    for name in ("mail.send_mailing", "mail.tell_of_end", "mail.tell_of_alarm"):  # they take ids that nobody knows
        assert f'href="/run/{name}"' not in page
        assert ask(run_web, f"/run/{name}")[0] == 200
    assert "heard of" not in page
    found = ask(run_web, "/run?q=whose+OWN+model")[2]
    assert 'href="/run/forms.order"' not in found
    assert 'href="/run/forms.order"' in ask(run_web, "/run?q=takes+MODEL")[2]
    now_s, _ = redis_client.time()  # type: ignore[misc]  # redis types it for both of its clients
    redis_client.zadd(keys.TASKS_SEEN, {"demo.long_task": now_s - SILENT_S - 60})
    assert "No worker with it has been heard of for 4 min." in ask(run_web, "/run")[2]
    assert "waits until there is one" in ask(run_web, "/run/demo.long_task")[2]


def test_when_no_worker_has_published_the_page_says_what_to_do(web: Service) -> None:
    status, _, page = ask(web, "/run")
    assert status == 200
    assert "celery -A worker.celery_app worker" in page
    for name in ("nobody", "a/b", "x" * 3_000, "%00", "..%2f"):
        status, _, page = ask(web, f"/run/{name}")
        assert status == 404, name
        assert "No worker" in page or "not found" in page.lower()

"""Any task is run from its form, also without a script; a bad value comes back with a word beside it."""

import json
from datetime import date
from html import unescape

import redis

from tests.asking import ask
from tests.processes import Service
from tests.running import nothing_sent, run_web, sent, submit

__all__ = ["run_web"]  # a fixture

EVERY = {"text": "x"}


def test_a_form_is_sent_without_a_script(run_web: Service, redis_client: redis.Redis) -> None:
    written = {"text": "two\r\nlines", "count": " 12 ", "ratio": "", "loud": "true", "mode": '"slow"', "size": '"l"'}
    status, headers, _ = submit(
        run_web, "forms.every_kind", written | {"day": "2026-02-28", "tags": '["a"]', "anything": ""}
    )
    assert (status, headers["Location"][:7]) == (303, "/tasks/")
    expected = {"text": "two\nlines", "count": 12, "loud": True, "mode": "slow", "size": "l", "tags": ["a"]}
    assert sent(redis_client)[2] == expected | {"day": date(2026, 2, 28)}


def test_a_model_has_a_field_for_each_of_its_own(run_web: Service, redis_client: redis.Redis) -> None:
    page = unescape(ask(run_web, "/run/forms.order")[2])
    for name in ("order.number", "order.items", "order.size", "order.due", "address.street", "address.city"):
        assert f'name="{name}"' in page
    assert "As printed on the invoice" in page
    written = {"order.number": "7", "order.items": "[]", "order.size": '"l"', "order.due": "2026-02-28"}
    assert submit(run_web, "forms.order", written | {"address.street": "s", "address.city": "c"})[0] == 303
    given = {"number": 7, "items": [], "size": "l", "due": date(2026, 2, 28)}
    assert sent(redis_client, "orders")[2] == {"order": given, "address": {"street": "s", "city": "c"}}


BAD_FORMS: list[tuple[str, dict[str, str], str, str]] = [
    ("forms.every_kind", {}, "text", "needed"),
    ("forms.every_kind", EVERY | {"count": "three"}, "count", "whole number"),
    ("forms.every_kind", EVERY | {"count": "9" * 25}, "count", "18 digits"),
    ("forms.every_kind", EVERY | {"ratio": "nan"}, "ratio", "a number"),
    ("forms.every_kind", EVERY | {"ratio": "1e999"}, "ratio", "not as large"),
    ("forms.every_kind", EVERY | {"loud": "perhaps"}, "loud", "true or false"),
    ("forms.every_kind", EVERY | {"mode": "medium"}, "mode", "Choose one"),
    ("forms.every_kind", EVERY | {"day": "31.12."}, "day", "2026-01-31"),
    ("forms.every_kind", EVERY | {"tags": "a, b"}, "tags", "JSON at line 1"),
    ("forms.every_kind", EVERY | {"tags": "[1]"}, "tags", "[0]: Write a text"),
    ("forms.every_kind", EVERY | {"anything": "[" * 50_000}, "anything", "nested"),
    ("forms.every_kind", EVERY | {"anything": "NaN"}, "anything", "not as large"),
    ("forms.every_kind", EVERY | {"queue": "other"}, "queue", "no such field"),
    ("forms.order", {"order.number": "x", "order.due": "2026-01-02", "address.street": "s"}, "order.number", "whole"),
]


def test_a_form_with_a_bad_value_comes_back_with_all_that_was_written(
    run_web: Service, redis_client: redis.Redis
) -> None:
    for name, written, field, words in BAD_FORMS:
        status, _, page = submit(run_web, name, written)
        assert status == 400, written
        assert f"{field}: " in page.split("<error-summary")[1], written
        assert words in page, written
        status, _, told = submit(run_web, name, written, Accept="application/json")
        assert status == 400
        assert words in json.loads(told)["error"]["fields"][field]
    assert nothing_sent(redis_client)
    for text in ("Kept <b>as</b> it is", "three"):
        assert text in submit(run_web, "forms.every_kind", {"text": "Kept <b>as</b> it is", "count": "three"})[2]


def test_a_form_tells_all_that_is_wrong_at_once(run_web: Service) -> None:
    written = {"order.number": "x", "order.items": "[", "order.due": "", "address.street": "s", "address.city": ""}
    _, _, told = submit(run_web, "forms.order", written, Accept="application/json")
    assert json.loads(told)["error"]["fields"].keys() == {"order.number", "order.items", "order.due", "address.city"}


def test_what_looks_secret_is_not_on_the_page_that_comes_back(run_web: Service, redis_client: redis.Redis) -> None:
    for path in ("/run/forms.log_in", "/run/forms.log_in?password=sesame"):
        page = ask(run_web, path)[2]
        assert 'type="password"' in page and "sesame" not in page.split("<main")[1]
    status, _, page = submit(run_web, "forms.log_in", {"password": "sesame", "tries": "many"})
    assert status == 400 and "sesame" not in page
    assert submit(run_web, "forms.log_in", {"password": "sesame", "tries": "2"})[0] == 303
    assert sent(redis_client)[2] == {"password": "sesame", "tries": 2}


def test_an_address_fills_the_form(run_web: Service) -> None:
    page = ask(run_web, "/run/forms.every_kind?count=41&text=%3Cscript%3E&unknown=1")[2]
    assert 'value="41"' in page
    assert "&lt;script&gt;" in page and "<script>" not in page.split("<main")[1]

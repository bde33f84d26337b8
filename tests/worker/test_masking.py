"""What looks secret is hidden, what does not is left alone, and the exact call is kept or it is said why not."""

import json
import time

import pytest
from celery.utils.saferepr import saferepr

from worker import call
from worker.masking import MASK, looks_secret, masked, masked_text

SECRET = [
    "password",
    "passwd",
    "userPassword",
    "X-Auth-Token",
    "apiKey",
    "API_KEY",
    "authorization",
    "client_secret",
    "accesstoken",
    "key",
    "Cookie",
]
PLAIN = ["keyword", "monkey", "author", "name", "tokenize", "spinner", "url", ""]


@pytest.mark.parametrize("key", SECRET)
def test_a_key_that_looks_secret_is_known_however_it_is_written(key: str) -> None:
    assert looks_secret(key)


@pytest.mark.parametrize("key", PLAIN)
def test_a_key_that_only_resembles_one_is_not(key: str) -> None:
    assert not looks_secret(key)


def test_values_are_masked_at_any_depth_and_the_rest_is_the_same() -> None:
    given = {"user": "ada", "login": [{"password": "x", "token": {"deep": 1}}], "max_tokens": 5, "key": None}
    assert masked(given) == {"user": "ada", "login": [{"password": MASK, "token": MASK}], "max_tokens": 5, "key": None}
    assert given["login"] == [{"password": "x", "token": {"deep": 1}}], "what the task gets is not touched"
    plain = {"a": [1, {"b": (2,)}]}
    assert masked(plain) is plain


def test_a_call_with_a_secret_is_kept_nowhere() -> None:
    fields = call.fields(({"api_key": "hunter2"},), {"password": "hunter2"})
    assert "hunter2" not in json.dumps(fields)
    assert fields["call"] == {"why": call.MASKED}


def test_what_a_sender_shows_in_words_of_its_own_is_shown_and_nothing_else() -> None:
    fields = call.fields(("hunter2",), {}, "(<hidden>,)", "{}")
    assert fields == {"args": "(<hidden>,)", "kwargs": "{}", "call": {"why": call.HIDDEN}}


def test_arguments_come_back_exactly() -> None:
    args, kwargs = [2**70, "\ud800", [None]], {"f": 0.1, "ü": {"x": []}}
    text = call.fields(args, kwargs, saferepr(tuple(args), 1_024), saferepr(kwargs, 1_024))["call"]["text"]
    assert call.read(text) == (args, kwargs)


@pytest.mark.parametrize("text", ["[]", "{", '{"args": {}}', '{"kwargs": 1}', "[" * 100_000])
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        call.read(text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("to redis://:s3cret@h/0 and amqp://u:p@h", "to redis://:••••••@h/0 and amqp://u:••••••@h"),
        ("error: password=abc, user=x", "error: password=••••••, user=x"),
        ("a=token: x", "a=token: ••••••"),
        ("{'token': 'a b', \"apiKey\": \"x\\\"y\", 'n': 1}", "{'token': '••••••', \"apiKey\": \"••••••\", 'n': 1}"),
        ("http://a.b/?access_token=zz&x=1", "http://a.b/?access_token=••••••&x=1"),
        ("curl -H 'X: Bearer abcdefgh12'", "curl -H 'X: Bearer ••••••'"),
    ],
)
def test_what_a_log_line_says_is_masked(said: str, shown: str) -> None:
    assert masked_text(said) == shown


@pytest.mark.parametrize(
    "plain",
    ["KeyError: 'password'", "max_tokens=100 key=3", "monkey: 3 author=me", "the password is wrong", "key=None"],
)
def test_a_log_line_without_a_secret_is_as_it_was(plain: str) -> None:
    assert masked_text(plain) == plain


@pytest.mark.parametrize(
    "odd", ["a.b-" * 2_500, "token='" + "\\" * 9_000, "x://" * 2_500, "key=3 " * 1_600, "'" * 9_000]
)
def test_no_line_takes_long_to_mask(odd: str) -> None:
    began = time.thread_time()
    masked_text(odd + " token")
    usual_s = _usual_s()
    assert time.thread_time() - began < 200 * usual_s, "it grows faster than the line"


def _usual_s() -> float:
    began = time.thread_time()
    masked_text("a plain line without any secret " * 312 + "token")
    return max(time.thread_time() - began, 1e-4)

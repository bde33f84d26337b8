"""The mailing form: all of it is checked first, and however often it is sent it is one mailing."""

import csv
import io
import re
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from launcher.redis_server import RedisServer
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.web_form import Answer, ask, post_form
from worker.ledger import Ledger, Recipient

LIST = "email,name\nada@example.com,Ada\ngrace@example.com,Grace\n"
ROWS = [
    Recipient(2, "ada@example.com", {"email": "ada@example.com", "name": "Ada"}),
    Recipient(3, "grace@example.com", {"email": "grace@example.com", "name": "Grace"}),
]


@pytest.fixture
def web(start_web: Callable[..., Service]) -> Service:
    return start_web()


@pytest.fixture
def form() -> dict[str, str]:
    return {"mailing_id": str(uuid.uuid4()), "subject": "Hi {{ name }}", "body": "Dear {{ name }}", "recipients": LIST}


def queued(client: "redis.Redis") -> int:
    return int(client.llen("celery"))  # type: ignore[arg-type]


def kept(client: "redis.Redis") -> list[str]:
    return list(client.scan_iter("{pushboard}:mailing:*"))


def refused(answer: Answer, client: "redis.Redis", *sentences: str) -> None:
    assert answer.status == 400
    for sentence in sentences:
        assert sentence in answer.words
    assert not kept(client)
    assert not queued(client)


def test_each_new_form_is_a_mailing_of_its_own(web: Service) -> None:
    pages = [ask(web.url, "/mailings/new").text for _ in range(2)]
    ids = [re.findall(r'name="mailing_id" value="([0-9a-f-]{36})"', page) for page in pages]
    assert all(len(found) == 1 and uuid.UUID(found[0]).version == 4 for found in ids)
    assert ids[0] != ids[1]


def test_a_mailing_from_the_form_to_the_last_mail(
    web: Service, form: dict[str, str], start_worker: Callable[..., Service], smtp_server: SmtpServer
) -> None:
    smtp_server.refused.add("grace@example.com")
    start_worker("--concurrency=1")
    answer = post_form(web.url, "/mailings", form)
    assert (answer.status, answer.headers["Location"]) == (303, f"/tasks/{form['mailing_id']}")
    assert ask(web.url, answer.headers["Location"]).status == 200
    path = f"/mailings/{form['mailing_id']}/recipients.csv"
    wait_until(lambda: "not tried" not in ask(web.url, path).text and len(smtp_server.mails) == 1, 20, "it has ended")
    wait_until(lambda: "refused" in ask(web.url, path).text, 5, "the refusal is written down")
    answer = ask(web.url, path)
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["line", "email", "outcome", "reason"],
        ["2", "ada@example.com", "sent", ""],
        ["3", "grace@example.com", "refused", "550 5.1.1 No such user here"],
    ]
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert smtp_server.mails[0].subject == "Hi Ada"


def test_a_list_can_be_uploaded(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    upload = b"\xef\xbb\xbf" + LIST.replace(",", ";").encode()
    answer = post_form(web.url, "/mailings", form | {"recipients": ""}, {"recipients_file": upload})
    assert answer.status == 303
    assert Ledger(redis_client, form["mailing_id"]).recipients() == ROWS


def test_a_second_press_is_the_same_mailing(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    answers = [post_form(web.url, "/mailings", form) for _ in range(3)]
    assert {(answer.status, answer.headers["Location"]) for answer in answers} == {
        (303, f"/tasks/{form['mailing_id']}")
    }
    assert queued(redis_client) == 1


def test_ten_presses_at_once_are_one_mailing(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post_form(web.url, "/mailings", form))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [303] * 10
    assert queued(redis_client) == 1


@pytest.mark.parametrize("claimed", [False, True])
def test_a_start_that_failed_half_way_is_made_good_by_another_press(
    claimed: bool, web: Service, form: dict[str, str], redis_client: "redis.Redis"
) -> None:
    ledger = Ledger(redis_client, form["mailing_id"])
    assert ledger.create(form["subject"], form["body"], ["email", "name"], ROWS)
    if claimed:
        assert ledger.claim_start() == "claimed"
    assert post_form(web.url, "/mailings", form).status == 303
    assert queued(redis_client) == 1


def test_another_text_under_the_same_id_is_not_taken_for_the_first(
    web: Service, form: dict[str, str], redis_client: "redis.Redis"
) -> None:
    post_form(web.url, "/mailings", form)
    answer = post_form(web.url, "/mailings", form | {"body": "Something else"})
    assert answer.status == 400
    assert "used for another mailing already" in answer.words
    assert form["mailing_id"] not in answer.text
    assert queued(redis_client) == 1


BAD_FORMS = [
    ({"recipients": ""}, "There are no recipients"),
    ({"recipients": "ada@example.com\ngrace@example.com"}, "put a line with the word email above it"),
    ({"recipients": LIST + "bad,x\n"}, "Line 4: <bdi>The address has no @ in it."),
    ({"subject": ""}, "The subject is empty."),
    ({"subject": "x" * 201}, "The subject is longer than 200 characters."),
    ({"subject": "a\r\nBcc: eve@evil.example"}, "The subject must be one line"),
    ({"body": "{% for i in range(10**9) %}{% endfor %}"}, "Line 1 of the body"),
    ({"body": "{{ nmae }}"}, "uses {{ nmae }}, but the columns are email, name."),
    ({"body": "x" * 100_001}, "The body is longer than 100 KB."),
    (
        {"recipients": 'email,name\nada@example.com,"a\r\nb"\n'},
        "Line 2: <bdi>A value that the subject uses has a line break",
    ),
    ({"recipients": "email,name\n" + "x" * 1_000_000}, "The list is larger than 1 MB."),
]


def test_nothing_is_started_on_any_fault(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    for change, sentence in BAD_FORMS:
        refused(post_form(web.url, "/mailings", form | change), redis_client, sentence)


def test_the_form_comes_back_with_what_was_written(
    web: Service, form: dict[str, str], redis_client: "redis.Redis"
) -> None:
    upload = b"email,name\n<script>,x\n"
    written = form | {"subject": 'Hi "<b>', "body": "</textarea><script>", "recipients": ""}
    answer = post_form(web.url, "/mailings", written, {"recipients_file": upload})
    refused(answer, redis_client, 'value="Hi "<b>"', "</textarea><script>", "<script>,x", written["mailing_id"])
    assert "<script>,x" not in answer.text


def test_an_id_that_no_form_had_is_not_taken(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    for given in ("", "1", "../../x", "*", "x" * 5_000, str(uuid.uuid1()), str(uuid.uuid4()).upper()):
        answer = post_form(web.url, "/mailings", form | {"mailing_id": given})
        refused(answer, redis_client, "Please send it again")


def test_what_is_far_too_large_is_told(web: Service, form: dict[str, str], redis_client: "redis.Redis") -> None:
    answer = post_form(web.url, "/mailings", form, {"recipients_file": b"x" * 2_100_000})
    assert answer.status == 413
    assert "1 MB" in answer.words
    assert not kept(redis_client)


def test_with_redis_away_nothing_is_started_and_a_later_press_starts_it_once(
    tmp_path: Path, start_web: Callable[..., Service], form: dict[str, str]
) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    with RedisServer.start(folder) as server:
        web = start_web(REDIS_URL=server.url)
        server.kill()
        answer = post_form(web.url, "/mailings", form)
        assert (answer.status, "Redis does not answer" in answer.words) == (503, True)
        server.restart()
        assert post_form(web.url, "/mailings", form).status == 303
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            assert queued(client) == 1

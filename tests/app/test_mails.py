"""What the local mail sink received can be read, in development only."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import Service
from tests.web_form import ask

MAIL = b"""\
X-MailFrom: <sender@example.com>
X-RcptTo: ada@example.com
X-RcptTo: grace@example.com
From: Push <pushboard@example.com>
To: someone@example.com
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <script>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hi =C3=BC <img src=3Dx>
"""
HTML_MAIL = b"Subject: two\nContent-Type: text/html\n\n<b>plump</b>"


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    folder = tmp_path / "sink"
    folder.mkdir()
    return folder


@pytest.fixture
def web(start_web: Callable[..., Service], sink: Path) -> Service:
    return start_web(MAIL_SINK_DIR=str(sink))


def test_without_a_sink_there_are_no_mails(start_web: Callable[..., Service]) -> None:
    web = start_web()
    assert ask(web.url, "/mails").status == 404
    assert ask(web.url, "/mails/1700000000123-0123abcd").status == 404


def test_a_mail_is_shown_as_text(web: Service, sink: Path) -> None:
    (sink / "1700000000123-0123abcd.eml").write_bytes(MAIL)
    answer = ask(web.url, "/mails/1700000000123-0123abcd")
    assert answer.status == 200
    for words in ("Grüße <script>", "Hi ü <img src=x>", "ada@example.com, grace@example.com", "pushboard@example.com"):
        assert words in answer.words
    assert "<img" not in answer.text
    assert 'at="1700000000.123"' in answer.text


def test_the_newest_hundred_are_listed_newest_first(web: Service, sink: Path) -> None:
    for number in range(130):
        (sink / f"{1_700_000_000_000 + number}-0123abcd.eml").write_bytes(b"Subject: No. %d.\n\nx" % number)
    (sink / "1800000000000-0123abcd.part").write_bytes(b"Subject: half written\n\n")
    (sink / "notes.eml").write_bytes(b"Subject: not the sink's\n\n")
    text = ask(web.url, "/mails").words
    assert text.index("No. 129.") < text.index("No. 128.") < text.index("No. 30.")
    assert "No. 29." not in text
    assert "half written" not in text
    assert "not the sink's" not in text


def test_html_is_not_shown(web: Service, sink: Path) -> None:
    (sink / "1700000000123-0123abcd.eml").write_bytes(HTML_MAIL)
    assert "plump" not in ask(web.url, "/mails/1700000000123-0123abcd").text


BROKEN = [
    b"",
    b"\xff\xfe\x00",
    b"Subject: =?x-no-such?b?!!!?=\n\nx",
    b"To: " + b"<" * 5_000 + b"\n\nx",
    b"Content-Type: text/plain; charset=no-such\n\n\xff",
    b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 2_000,
]


def test_a_broken_mail_breaks_nothing(web: Service, sink: Path) -> None:
    for content in BROKEN:
        (sink / "1700000000123-0123abcd.eml").write_bytes(content)
        assert ask(web.url, "/mails").status == 200
        assert ask(web.url, "/mails/1700000000123-0123abcd").status == 200


def test_nothing_else_can_be_read(web: Service, sink: Path) -> None:
    (sink / "1700000000123-0123abcd.eml").write_bytes(MAIL)
    (sink.parent / "secret.eml").write_bytes(b"Subject: secret\n\nsecret")
    inside = ("1700000000123-0123abce", "nobody", "1700000000123-0123abcd.eml", "x" * 4_000)
    for mail_id in (*inside, "..%2fsecret", "..", "%2e%2e%2fsecret"):
        answer = ask(web.url, f"/mails/{mail_id}")
        assert answer.status == 404
        assert "Subject: secret" not in answer.text

"""What stands in a page itself is allowed by its hash, in the one answer that has it; everything else stays refused."""

import base64
import hashlib
import re

import pytest
from flask import Flask
from markupsafe import Markup

from app import guard
from app.in_page import InPage
from tests.asking import ask
from tests.processes import ROOT, Service

FILES = {"a.css": "a > b { color: red }\n", "b.css": 'b::before { content: "&" }\n', "c.js": "run();\n"}
FORBIDDEN = "default-src 'none'; script-src 'self'; style-src 'self'; "


@pytest.fixture
def app() -> Flask:
    app, in_page = Flask("trial"), InPage(FILES.__getitem__)
    guard.register(app)
    app.config["TRUSTED_ORIGINS"] = ()
    app.add_url_rule("/with", "with", lambda: in_page.sheets(("a.css", "b.css")) + in_page.script("c.js"))
    app.add_url_rule("/without", "without", lambda: "nothing")
    return app


def source_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(app: Flask, path: str) -> str:
    return app.test_client().get(path).headers["Content-Security-Policy"]


def test_a_text_stands_there_as_it_is_and_its_hash_is_allowed(app: Flask) -> None:
    assert app.test_client().get("/with").text == "".join(FILES.values())
    script, sheets = source_of(FILES["c.js"]), source_of(FILES["a.css"] + FILES["b.css"])
    assert f"; script-src 'self' {script}; style-src 'self' {sheets}; " in policy_of(app, "/with")


def test_the_next_answer_is_as_strict_as_ever(app: Flask) -> None:
    assert "sha256" in policy_of(app, "/with"), "void: nothing was allowed"
    assert policy_of(app, "/without").startswith(FORBIDDEN)


@pytest.mark.parametrize("text", ["</style>", "<!-- x"])
def test_what_could_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it\.css"):
        InPage(lambda _: text).sheets(("it.css",))
    with pytest.raises(KeyError):
        InPage(FILES.__getitem__).sheets(("none.css",))


@pytest.mark.parametrize("path", ["/", "/workers", "/statistics", "/logs", "/run", "/mailings/new", "/tasks/nobodys"])
def test_each_page_allows_just_what_it_has(web: Service, path: str) -> None:
    _, headers, page = ask(web, path)
    inside = {source_of(text) for text in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL)}
    assert len(inside) == 2, "void: it has no sheet and no script in it"
    assert set(re.findall(r"'sha256-[^']*'", headers["Content-Security-Policy"])) == inside
    assert (ROOT / "static" / "css" / "tokens.css").read_text() in Markup(page)

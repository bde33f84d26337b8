"""What a client costs for as long as it stays."""

from flask import Flask, request
from werkzeug.test import create_environ

from app.kept import NAMES, Kept
from tests.faults.crowd import crowd
from tests.faults.pulse import rss_kb
from tests.processes import Service

FIRST, MORE = 100, 300
MOST_KB = 45


def test_a_request_can_be_made_of_what_is_kept_and_is_not_kept_itself() -> None:
    app = Flask("t")
    environ = create_environ("/socket.io/", "http://here:1/", {"EIO": "4"}, headers={"Cookie": "a=b", "Accept": "x"})
    kept = Kept(environ | {"flask.app": app})
    for _ in range(2):
        with app.request_context(kept):
            assert (request.host, request.args["EIO"], request.cookies["a"]) == ("here:1", "4", "b")
            request.environ["theirs"] = 1
            print("a complaint", file=request.environ["wsgi.errors"])  # Flask's own log goes there
    assert set(kept) <= {*NAMES, "theirs"}
    assert kept["theirs"] == 1


def test_a_watcher_costs_little_memory(web: Service) -> None:
    with crowd(web.port, "watch", FIRST) as first:
        assert first.outcomes()["served"] == FIRST
        before_kb = rss_kb(web.pid)
        with crowd(web.port, "watch", MORE) as more:
            assert more.outcomes()["served"] == MORE
            each_kb = (rss_kb(web.pid) - before_kb) / MORE
    assert each_kb < MOST_KB, f"{each_kb:.0f} KB each"

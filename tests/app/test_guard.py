"""A web process behind a proxy that ends TLS: it must know where browsers see it, and believes no header for that."""

from collections.abc import Callable

import pytest

from tests.asking import ask
from tests.processes import Service

StartWeb = Callable[..., Service]

BOARD = "https://board.example"
SECRET = {"SECRET_KEY": "only for tests, and long enough for them"}
HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
UPGRADE["Sec_WebSocket_Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
LIES = {
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "board.example",
    "Forwarded": "proto=https;host=board.example",
}
FOREIGN = ["https://evil.example", "http://board.example", "https://board.example:8443", "https://board.example.evil"]


@pytest.fixture
def web(start_web: StartWeb) -> Service:
    return start_web(TRUSTED_ORIGINS=BOARD, **SECRET)


def starts(web: Service, **headers: str) -> int:
    return ask(web, "/longtask", "POST", **headers)[0]


def listens(web: Service, **headers: str) -> int:
    return ask(web, HANDSHAKE, **headers)[0]


@pytest.mark.parametrize("host", ["board.example", "127.0.0.1:5000"])  # a proxy may pass either on
def test_pages_of_a_trusted_origin_may_start_and_listen(web: Service, host: str) -> None:
    assert starts(web, Host=host, Origin=BOARD, Sec_Fetch_Site="same-origin") == 202
    assert listens(web, Host=host, Origin=BOARD) == 200
    assert ask(web, HANDSHAKE.replace("polling", "websocket"), Host=host, Origin=BOARD, **UPGRADE)[0] == 101


@pytest.mark.parametrize("origin", FOREIGN)
def test_any_other_origin_is_still_refused(web: Service, origin: str) -> None:
    assert starts(web, Host="board.example", Origin=origin, **LIES) == 403
    assert listens(web, Host="board.example", Origin=origin, **LIES) == 400


def test_forwarded_headers_alone_let_nobody_in(start_web: StartWeb) -> None:
    web = start_web(TRUSTED_HOSTS="board.example")
    assert starts(web, Host="board.example", Origin="http://board.example") == 202, "void: nobody may start"
    assert starts(web, Host="board.example", Origin=BOARD, **LIES) == 403
    assert listens(web, Host="board.example", Origin=BOARD, **LIES) == 400


def test_the_session_cookie_goes_over_tls_only_where_browsers_see_tls(web: Service, start_web: StartWeb) -> None:
    form = {"body": "email=nobody", "Content_Type": "application/x-www-form-urlencoded"}
    assert "; Secure;" in ask(web, "/", "POST", **form)[1]["Set-Cookie"]
    assert "; Secure;" not in ask(start_web(), "/", "POST", **form)[1]["Set-Cookie"]

"""What a hostile client sends ends its own connection, with a line in the log, and costs nobody else anything."""

import contextlib
import json
import socket
import time
from collections.abc import Callable

import pytest
import websocket

from tests.asking import ask
from tests.faults.crowd import UPGRADE, frame
from tests.faults.garbage import FRAMES, MESSAGES, NO_MESSAGES
from tests.faults.pulse import MOST_P99_S, Pulse, open_files, open_socket, rss_kb
from tests.processes import Service, wait_until

StartWeb = Callable[..., Service]
NewPulse = Callable[..., Pulse]

MODES = ["eventlet", "threading"]
MOST_LINES = 2
MOST_GROWTH_KB = 12_000
POLLING = "/socket.io/?EIO=4&transport=polling"


def own_lines(web: Service) -> int:
    """Lines of the log, without the requests that Werkzeug's server logs."""
    return sum(" HTTP/1.1" not in line for line in web.log().splitlines())


def is_closed(client: socket.socket) -> bool:
    """Whether the server has ended it, within two seconds."""
    client.settimeout(2)
    with contextlib.suppress(TimeoutError):
        try:
            while client.recv(65_536):
                pass
        except ConnectionError:
            pass
        return True
    return False


def connect(web: Service) -> socket.socket:
    """A bare socket that has said hello as a WebSocket."""
    client = socket.create_connection(("127.0.0.1", web.port), timeout=5)
    client.sendall(UPGRADE)
    heard = b""
    while b'"sid"' not in heard:
        heard += client.recv(4_096)
    client.sendall(frame(b"40"))
    while b"40{" not in heard:
        heard += client.recv(4_096)
    return client


def send(client: socket.socket, data: bytes) -> None:
    """As much of it as the server takes."""
    with contextlib.suppress(OSError):
        client.sendall(data)


@pytest.fixture(params=MODES)
def web(request: pytest.FixtureRequest, start_web: StartWeb) -> Service:
    """Served by eventlet, and from threads."""
    return start_web(ASYNC_MODE=request.param)


def test_garbage_on_a_websocket_ends_it(web: Service, new_pulse: NewPulse) -> None:
    pulse = new_pulse(web)
    calm, slowest = pulse.feel(2), 0.0
    garbage = FRAMES | {name: frame(text.encode()) for name, text in MESSAGES.items()}
    before_kb = after_first_kb = rss_kb(web.pid)
    for name, data in garbage.items():
        lines = own_lines(web)
        with connect(web) as client:
            send(client, data)
            slowest = max(slowest, pulse.feel(0.2).p99)
            assert is_closed(client), name
        assert own_lines(web) - lines <= MOST_LINES, f"{name}: {web.log()[-3_000:]}"
        after_first_kb = after_first_kb if name != "a frame of 2 MB" else rss_kb(web.pid)
    print(f"{len(garbage)} kinds: {rss_kb(web.pid) - before_kb} KB; alone {calm}; slowest {slowest * 1000:.1f} ms")
    assert "Traceback" not in web.log() and "Error 9" not in web.log() and "Errno 9" not in web.log()
    assert rss_kb(web.pid) - before_kb < MOST_GROWTH_KB
    assert slowest < max(MOST_P99_S, 3 * calm.p99)
    assert ask(web, "/healthz")[0] == 200


def test_garbage_by_long_polling_is_refused(web: Service) -> None:
    for name, body in NO_MESSAGES.items():
        sid = json.loads(ask(web, POLLING)[2][1:])["sid"]
        lines = own_lines(web)
        assert ask(web, f"{POLLING}&sid={sid}", "POST", body)[0] == 400, name  # type: ignore[arg-type]
        assert own_lines(web) - lines <= 1, web.log()[-2_000:]
    assert "Traceback" not in web.log()


@pytest.mark.parametrize("query", ["EIO=3&transport=polling", "EIO=4&transport=polling&j=0", "EIO=4&transport=flash"])
def test_other_protocols_are_refused(web: Service, query: str) -> None:
    assert ask(web, f"/socket.io/?{query}")[0] == 400
    assert ask(web, f"{POLLING}&sid=../../etc")[0] == 400
    assert ask(web, f"{POLLING}&sid=../../etc", "POST", "3")[0] == 400
    assert "Traceback" not in web.log()


def test_two_megabytes_by_long_polling_are_refused_before_they_are_sent(web: Service) -> None:
    sid = json.loads(ask(web, POLLING)[2][1:])["sid"]
    head = f"POST {POLLING}&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", web.port), timeout=2) as client:
        client.sendall(head.encode())
        began = time.monotonic()
        assert b" 413 " in client.recv(4_096)
        assert time.monotonic() - began < 1


def test_a_flood_of_subscribes_is_capped_and_the_others_do_not_wait(start_web: StartWeb, new_pulse: NewPulse) -> None:
    web = start_web()
    pulse = new_pulse(web)
    calm, files, before_kb = pulse.feel(2), open_files(web.pid), rss_kb(web.pid)
    with connect(web) as client:
        client.settimeout(0.2)
        flood = b"".join(frame(b'42%d["subscribe",{"room":"task:t%d"}]' % (n, n)) for n in range(20_000))
        sent = 0
        with contextlib.suppress(OSError):
            while sent < len(flood):
                sent += client.send(flood[sent:])
        flooded = pulse.feel(3)
        heard_kb = len(client.recv(10_000_000)) / 1000
    print(f"20,000 subscribes: {sent / len(flood):.0%} taken, {heard_kb:.0f} KB answered; alone {calm}; {flooded}")
    assert heard_kb > 1, "void: it was not heard"
    assert flooded.p99 < max(MOST_P99_S, 3 * calm.p99)
    assert own_lines(web) < 30
    wait_until(lambda: open_files(web.pid) <= files + 33, 10, "it has gone")
    assert rss_kb(web.pid) - before_kb < MOST_GROWTH_KB


def test_an_unknown_event_is_told_so(web: Service) -> None:
    client = open_socket(web)
    client.send('421["drop_tables",{"a":1}]')
    heard = ""
    while not heard.startswith("431"):
        heard = str(client.recv())
    assert json.loads(heard[3:])[0]["error"]["code"] == "unknown_event"
    client.close()


def answers(client: websocket.WebSocket, count: int) -> list[str]:
    """The codes of the next refusals."""
    codes = list[str]()
    while len(codes) < count:
        heard = str(client.recv())
        if heard.startswith("43"):
            codes.append(json.loads(heard[heard.index("[") :])[0]["error"]["code"])
    return codes


def test_hello_and_goodbye_again_and_again_give_no_new_allowance(start_web: StartWeb) -> None:
    client = open_socket(start_web())
    codes = list[str]()
    for _ in range(4):
        for number in range(90):
            client.send(f'42{number}["subscribe",{{"room":"task:t{number}"}}]')
        codes += answers(client, 90)
        client.send("41")
        client.send("40")
    assert codes[0] == "unknown_task" and codes[-1] == "too_fast"
    client.close()

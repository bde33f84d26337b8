"""Several webs behind a real nginx: forms and starts of tasks work with any of them, and nothing is started twice."""

import signal
import threading
from collections.abc import Callable

import redis

from launcher import ports
from tests import web_form
from tests.balancer import Balancer
from tests.processes import Service, wait_until
from tests.watcher import Watcher
from worker.store import Table

Watch = Callable[..., Watcher]
Site = tuple[Balancer, list[Service]]


def test_a_session_that_began_with_one_web_goes_on_with_another(start_web: Callable[..., Service]) -> None:
    one, other = start_web(WEB_NAME="a"), start_web(WEB_NAME="b")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = web_form.ask(one.url, "/", "POST", b"email=ada%40example.com&submit=Send", kind)
    assert sent.status in (302, 303), "void: no mail was asked for"
    cookie = sent.headers["Set-Cookie"].partition(";")[0]
    shown = web_form.ask(other.url, "/", headers={"Cookie": cookie}).words
    assert "Sending email to ada@example.com" in shown
    assert 'value="ada@example.com"' in shown


def test_a_web_that_is_told_to_stop_lets_nobody_in_any_more(start_web: Callable[..., Service], watch: Watch) -> None:
    web = start_web()
    watcher = watch(web.url)
    web.signal(signal.SIGTERM)
    wait_until(lambda: not watcher.client.connected, 5, "the watcher is told to go")
    is_let_in = ports.answers(web.port)
    assert web.returncode is None, "void: it has ended already"
    assert not is_let_in, "its clients come back to a web that is about to end"
    assert web.process.wait(5) == 0


def test_a_request_to_start_a_task_goes_to_another_web_if_the_first_is_away(
    start_site: Callable[[int], Site], redis_client: redis.Redis
) -> None:
    balancer, webs = start_site(2)
    webs[0].kill()
    answers = [web_form.ask(balancer.url, "/longtask", "POST").status for _ in range(4)]
    assert answers == [202] * 4
    assert "connect() failed" in balancer.log(), "void: nobody was sent to the one that is away"
    assert len(Table(redis_client).board().rows) == 4


def test_a_task_is_not_started_twice_when_a_web_dies_with_the_request_in_its_hands(
    start_site: Callable[[int], Site], redis_client: redis.Redis
) -> None:
    balancer, webs = start_site(2)
    for web in webs:
        web.signal(signal.SIGSTOP)
    answers: list[int] = []
    ask = threading.Thread(target=lambda: answers.append(web_form.ask(balancer.url, "/longtask", "POST").status))
    ask.start()
    wait_until(lambda: any(has_unread(web.port) for web in webs), 5, "a frozen web has been sent the request")
    asked = next(web for web in webs if has_unread(web.port))
    (other,) = set(webs) - {asked}
    other.signal(signal.SIGCONT)
    asked.kill()
    ask.join()
    assert answers == [502]
    assert Table(redis_client).board().rows == []
    assert web_form.ask(balancer.url, "/longtask", "POST").status == 202, "void: the other could not have done it"


def has_unread(port: int) -> bool:
    """Whether bytes wait in a connection to this port that its process has not read."""
    with open("/proc/net/tcp") as file:
        lines = [line.split() for line in file.readlines()[1:]]
    return any(line[1].endswith(f":{port:04X}") and line[3] == "01" and line[4][-8:] != "0" * 8 for line in lines)

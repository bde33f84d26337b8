"""Connections that say nothing, or next to nothing: the others are served, and the process gets rid of them."""

from collections.abc import Callable

from tests.asking import ask
from tests.faults.crowd import crowd
from tests.faults.pulse import MOST_P99_S, Pulse, open_files, rss_kb
from tests.processes import Service, wait_until

StartWeb = Callable[..., Service]
NewPulse = Callable[..., Pulse]

MOST_SILENT = 64
"""Of one address, while others come."""

HEAD_S = 10.0
MOST_GROWTH_KB = 10_000


def test_silent_connections_make_room_and_are_ended(start_web: StartWeb, new_pulse: NewPulse) -> None:
    web = start_web()
    pulse = new_pulse(web)
    calm, files, before_kb = pulse.feel(2), open_files(web.pid), rss_kb(web.pid)
    with crowd(web.port, "say_nothing", 300) as many:
        assert many.outcomes()["served"] == 300
        # A few connections of the pulse were among `files`, and are not any more.
        wait_until(lambda: open_files(web.pid) >= files + 290, 8, "void: they are not there")
        among_them = pulse.feel(1.5)
        for _ in range(300):  # each newcomer costs one of them its place, until few are left
            assert ask(web, "/healthz")[0] == 200
        left = open_files(web.pid) - files
        most_kb = rss_kb(web.pid)
        pulse.feel_while(lambda: open_files(web.pid) > files + 2)
        wait_until(lambda: many.sent_away() == 300, 10, "all of them hear that they are sent away")
    print(f"300 silent: {left} of them stayed when others came, {most_kb - before_kb} KB; alone: {calm}; {among_them}")
    assert left <= MOST_SILENT + 2
    assert most_kb - before_kb < MOST_GROWTH_KB
    assert among_them.p99 < max(MOST_P99_S, 3 * calm.p99)


def test_who_drips_a_request_byte_by_byte_is_ended_in_ten_seconds(start_web: StartWeb, new_pulse: NewPulse) -> None:
    web = start_web()
    pulse = new_pulse(web)
    calm, files = pulse.feel(2), open_files(web.pid)
    with crowd(web.port, "dawdle", 200) as many:
        assert many.outcomes()["served"] == 200
        wait_until(lambda: open_files(web.pid) >= files + 200, 3, "void: they are not there")
        among_them = pulse.feel(HEAD_S + 1)
        assert open_files(web.pid) <= files + 2
        assert many.sent_away() == 200
    print(f"200 that drip; alone: {calm}; among them: {among_them}")
    assert among_them.p99 < max(MOST_P99_S, 3 * calm.p99)
    assert web.log().count("\n") <= 3, web.log()

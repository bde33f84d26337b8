"""Many clients at once: all are served or told that there is no room, and the others notice nothing (F29, F30)."""

from collections.abc import Callable

import pytest

from tests.asking import ask
from tests.faults.crowd import crowd
from tests.faults.pulse import MOST_P99_S, PAUSE_S, Pulse, open_files, rss_kb
from tests.processes import Service, wait_until

StartWeb = Callable[..., Service]
NewPulse = Callable[..., Pulse]

WAVES = 3
MOST_LEFT_KB, MOST_LEFT_EACH_KB = 6_000, 2
"""More after the third wave than after the second; the first ones stretch the heap."""

TO_REDIS = 32
"""Connections to Redis that are kept for the next crowd."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("count", "pause_s", "most_p99_s"), [(500, PAUSE_S, MOST_P99_S), (2_000, 0.25, 2 * MOST_P99_S)]
)
def test_a_crowd_is_served_and_leaves_nothing_behind(
    start_web: StartWeb, new_pulse: NewPulse, count: int, pause_s: float, most_p99_s: float
) -> None:
    """All of them watch the board, which is told each beat of the pulse: 8,000 frames a second."""
    web = start_web()
    pulse = new_pulse(web, pause_s)
    calm, files, before_kb = pulse.feel(2), open_files(web.pid), rss_kb(web.pid)
    left_kb = list[int]()
    for _ in range(WAVES):
        with crowd(web.port, "watch", count) as many:
            while_they_come = pulse.feel_while(many.is_coming)
            assert many.outcomes() == {"served": count, "refused": 0, "failed": 0}
            each_kb = (rss_kb(web.pid) - before_kb) / count
            among_them = pulse.feel(2)
            assert open_files(web.pid) >= files + count, "void: they are not all there"
        while_they_go = pulse.feel_while(lambda: open_files(web.pid) > files + TO_REDIS)
        left_kb.append(rss_kb(web.pid))
        print(f"{count} watchers, {each_kb:.0f} KB each. Alone: {calm}; they come: {while_they_come}")
        print(f"    they are there: {among_them}; they go, all at once: {while_they_go}")
        assert while_they_come.p99 < max(most_p99_s, 3 * calm.p99)
        assert among_them.p99 < max(most_p99_s, 3 * calm.p99)
    print(f"before {before_kb} KB, after each {count}: {left_kb} KB")
    assert left_kb[-1] - left_kb[-2] < MOST_LEFT_KB + MOST_LEFT_EACH_KB * count


def test_more_than_there_is_room_for_are_told_so(start_web: StartWeb, new_pulse: NewPulse) -> None:
    web = start_web(MOST_CONNECTIONS="100")
    pulse = new_pulse(web)
    calm = pulse.feel(2)
    with crowd(web.port, "watch", 300) as many:
        crowded = pulse.feel(2)
        outcomes = many.outcomes()
    print(f"{outcomes}; alone {calm}; among them {crowded}")
    assert outcomes["failed"] == 0
    assert 90 <= outcomes["served"] <= 100
    assert crowded.p99 < max(MOST_P99_S, 3 * calm.p99)
    assert web.log().count("refused a") <= 25, "a flood of them is one number"
    wait_until(lambda: ask(web, "/healthz")[0] == 200, 2, "there is room again")

"""What a terminal shows while tasks are watched: one line for each, drawn over and over."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import Service, wait_until
from tests.terminal.lives import begin, end, report
from tests.terminal.seen import Terminal
from worker.stream import Log


@pytest.fixture
def terminal(web: Service, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(*arguments: str, columns: int = 100, rows: int = 24, **env: str) -> Terminal:
        opened.append(Terminal(tmp_path, *arguments, "--url", web.url, columns=columns, rows=rows, **env))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
        assert "Traceback" not in one.raw()


def test_a_bar_is_drawn_over_and_over_in_one_line(log: Log, terminal: Callable[..., Terminal]) -> None:
    begin(log, "t1")
    shown = terminal("watch", "t1")
    shown.wait_for(f"[{'.' * 24}]")
    report(log, "t1", 50)
    shown.wait_for(f"[{'#' * 12}{'.' * 12}]  50 % PROGRESS")
    assert len(shown.lines()) == 1
    end(log, "t1")
    assert shown.process.wait(40) == 0
    (last,) = shown.lines()
    assert last.startswith(f"shop.order t1 [{'#' * 24}] 100 % SUCCESS") and last.endswith("all packed")
    assert "\x1b[32m" in shown.raw()


def test_ctrl_c_leaves_the_bar_and_a_free_line(log: Log, terminal: Callable[..., Terminal]) -> None:
    begin(log, "t1")
    shown = terminal("watch", "t1", "--no-color")
    shown.wait_for("STARTED")
    shown.process.send_signal(signal.SIGINT)
    assert shown.process.wait(30) == 130
    assert len(shown.lines()) == 1 and shown.raw().endswith("\r\n")
    assert "\x1b[0m" not in shown.raw()


def test_many_tasks_in_a_small_terminal_stay_within_it(log: Log, terminal: Callable[..., Terminal]) -> None:
    for number in range(12):
        begin(log, f"t{number}", "仕事" * 20)
    shown = terminal("watch", *(f"t{number}" for number in range(12)), columns=40, rows=8, NO_COLOR="1")
    shown.wait_for("… and 6 more")
    end(log, "t0")
    wait_until(lambda: not any("t0 " in line for line in shown.lines()), 40, "what runs is shown before what has ended")
    assert len(shown.lines()) == 7
    wide = [sum(1 + (letter in "仕事") for letter in line) for line in shown.lines()]
    assert max(wide) <= 39
    assert "\x1b[0m" not in shown.raw()


def test_a_terminal_that_becomes_narrower_keeps_one_line_a_task(log: Log, terminal: Callable[..., Terminal]) -> None:
    begin(log, "t1")
    report(log, "t1", 40, "a note that is long enough to fill what room there is in a line of this width")
    shown = terminal("watch", "t1", "--no-color")
    shown.wait_for("a note that is long")
    before = len(shown.raw())
    shown.resize(50, 24)
    wait_until(lambda: "\x1b[2A\r\x1b[J" in shown.raw()[before:], 40, "both rows of the broken line are taken away")
    report(log, "t1", 50)
    wait_until(lambda: "50 %" in shown.raw()[before:], 40, "it is drawn again")
    drawn = [line for line in shown.raw()[before:].split("\r\n") if "shop" in line]
    assert max(len(line.rpartition("\x1b[J")[2]) for line in drawn) <= 49


def test_what_is_said_of_the_line_stands_above_the_bars(
    web: Service, log: Log, terminal: Callable[..., Terminal]
) -> None:
    begin(log, "t1")
    shown = terminal("watch", "t1")
    shown.wait_for("STARTED")
    web.kill()
    shown.wait_for("reconnecting")
    report(log, "t1", 70)
    web.start()
    shown.wait_for("Live again")  # a task that ended sooner would be the last word
    shown.wait_for("70 %")
    end(log, "t1")
    assert shown.process.wait(40) == 0
    said, *_, again, bar = shown.lines()  # between them, if it takes the new web long, that it cannot reach Redis
    assert (said, again) == ("The line to the web is lost: reconnecting …", "Live again.")
    assert "SUCCESS" in bar


def test_a_dumb_terminal_gets_lines(log: Log, terminal: Callable[..., Terminal]) -> None:
    begin(log, "t1")
    end(log, "t1")
    shown = terminal("watch", "t1", TERM="dumb", PYTHONIOENCODING="ascii")
    assert shown.process.wait(40) == 0
    assert [line.split("] ")[1] for line in shown.lines()][1:] == ["attempt 1 started ? on w1", "SUCCESS ? all packed"]
    assert "\x1b" not in shown.raw()

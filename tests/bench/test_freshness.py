"""The bench's crowd reads what came as it came: frames torn anywhere, values shown and values passed over."""

import json
import socket
from collections.abc import Iterator

import pytest

from bench.freshness import ages_and_delays, summary, texts, told
from bench.watcher import PONG, Watcher
from tests.faults.crowd import frame
from tests.processes import wait_until

MESSAGES = [b"2", b"x" * 200, b"y" * 70_000, b"last"]


def pieces(data: bytes, size: int) -> Iterator[tuple[float, bytes]]:
    return ((float(at), data[at : at + size]) for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 3, 1_000, 100_000])
def test_messages_are_whole_wherever_their_frames_are_torn(size: int) -> None:
    stream = b"".join(frame(message, masked=False) for message in MESSAGES)
    assert [text for _, text in texts(pieces(stream, size))] == MESSAGES


def test_what_belongs_to_a_frame_from_before_is_left_out() -> None:
    stream = b"rest of it" + frame(b"new", masked=False)
    assert [text for _, text in texts(pieces(stream, 4), skip=10)] == [b"new"]


def shown(at: float, current: int, stamp: float) -> tuple[float, bytes]:
    rows = [{"task_id": "a", "current": current, "note": f"{stamp} Packing"}]
    return at, b"42" + json.dumps(["frame", {"rows": rows}]).encode()


def test_a_report_that_was_never_shown_waited_for_the_next_one_that_was() -> None:
    ages, delays = ages_and_delays(told([shown(10.0, 1, 9.99), shown(10.5, 5, 10.39)]))
    assert ages == pytest.approx([10, 110])
    assert sorted(delays) == pytest.approx([110, 210, 310, 410])


def test_what_comes_again_is_no_news() -> None:
    _, delays = ages_and_delays(told([shown(10.0, 1, 9.99), shown(11.0, 1, 9.99)]))
    assert delays == []


def test_one_in_a_hundred_takes_longer_than_the_p99() -> None:
    found = summary([float(value) for value in range(200)])
    assert (found["p50"], found["p99"], found["most"], found["count"]) == (100, 198, 199, 200)
    assert summary([]) == {}


@pytest.mark.parametrize("size", [7, 777, 60_000])
def test_a_watcher_counts_the_frames_that_it_does_not_read(size: int) -> None:
    stream = b"".join(frame(message, masked=False) for message in MESSAGES * 3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        watcher = Watcher(listener.getsockname()[1], [])
        server, _ = listener.accept()
        with server, watcher.socket:
            watcher.begin(keeps=True)
            for _, piece in pieces(stream, size):
                server.sendall(piece)
                watcher.read()
            wait_until(lambda: read_on(watcher) == stream, what="all has come")
            assert server.recv(3 * len(PONG), socket.MSG_WAITALL) == PONG * 3
    assert watcher.frames == 3 * (len(MESSAGES) - 1)  # a ping is none


def read_on(watcher: Watcher) -> bytes:
    watcher.read()
    return b"".join(data for _, data in watcher.chunks or ())

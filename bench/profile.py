"""`make bench-profile`: where the web's time goes while 1,000 watch 100 tasks that report 100 times a second.

Needs py-spy on PATH, which looks at a running process from outside (`pip install py-spy`).
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.fresh import HZ, WATCHERS, Watched
from bench.measuring import end_what_was_started
from bench.stand import Stand

SECONDS = 10
SHOWN = 14
MANNERS = ("--nolineno", "--full-filenames", "--nonblocking", "--format", "raw", "--rate", "200")


def main() -> None:
    """Print which functions were at work themselves, with all that they called outside Python."""
    spy = shutil.which("py-spy")
    if not spy:
        sys.exit("py-spy is not here. Install it (pip install py-spy) and try again.")
    with Stand() as stand, tempfile.TemporaryDirectory() as folder:
        ours, told = Watched.of_pushboard(stand, WATCHERS), Path(folder) / "stacks"
        command = [
            spy,
            "record",
            *MANNERS,
            "--duration",
            str(SECONDS),
            "--pid",
            str(ours.web.pid),
            "--output",
            str(told),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as recording:
            seen = ours.seen(HZ, SECONDS)
            recording.wait(30)
        stacks = told.read_text().splitlines()
    print(f"{WATCHERS:,} watchers, 100 tasks x {HZ:g} reports a second: {seen.cpu:.2f} cores of the web")
    for share, name in shares(stacks):
        print(f"{share:5.0%}  {name}")


def shares(stacks: Iterable[str]) -> list[tuple[float, str]]:
    """Of samples as `frame;frame;… count`: the share of each last frame."""
    samples = Counter[str]()
    for stack in stacks:
        frames, _, count = stack.rpartition(" ")
        samples[short(frames.split(";")[-1])] += int(count)
    total = sum(samples.values())
    return [(count / total, name) for name, count in samples.most_common(SHOWN)]


def short(frame: str) -> str:
    """`send (app/outgoing.py)` for a frame with all of its path."""
    function, _, path = frame.partition(" (")
    parts = Path(path.rstrip(")")).parts
    inside = parts.index("site-packages") + 1 if "site-packages" in parts else max(len(parts) - 2, 0)
    return f"{function} ({'/'.join(parts[inside:])})"


if __name__ == "__main__":
    end_what_was_started()
    main()

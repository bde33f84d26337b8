"""`make faults`: every fault of the matrix, played on Pushboard and on plain Flask-SocketIO, a line each."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from tests.faults import rows
from tests.faults.outcome import Outcome
from tests.faults.play import Fault, play
from tests.faults.stage import Void
from tests.faults.subjects import PLAIN, PUSHBOARD, Subject

LINE = "{:<5} {:<44} {:<10} {:>11} {:<22} {:>13} {:>5}  {}"
TRIES = 2


def all_faults() -> list[Fault]:
    """Every row of tests/faults/rows, in the order of their numbers."""
    modules = [import_module(f"{rows.__name__}.{found.name}") for found in iter_modules(rows.__path__)]
    faults = [fault for module in modules for fault in module.ROWS]
    return sorted(faults, key=lambda fault: (int("".join(filter(str.isdigit, fault.number))), fault.number))


def repeat(fault: Fault, subject: Subject, times: int, margin: float = 1.0) -> list[Outcome]:
    """Play a fault so many times; plays that were void are made up for, a few times."""
    outcomes: list[Outcome] = []
    voids = 0
    while len(outcomes) < times and voids <= TRIES:
        try:
            outcomes.append(play(fault, subject, margin))
        except Void as reason:
            voids += 1
            print(f"      void: {fault.number} on {subject.name}: {reason}", file=sys.stderr)
    return outcomes


def line(fault: Fault, subject: Subject, outcomes: Sequence[Outcome]) -> str:
    """One line of the table: smallest and largest of all plays."""
    if not outcomes:
        return LINE.format(fault.number, fault.what, subject.name, "", "void", "", "", "")
    ended = sum(outcome.exact for outcome in outcomes)
    shown = "exact" if ended == len(outcomes) else f"{ended} of {len(outcomes)} exact; " + outcomes[-1].shown
    unseen = _range([outcome.unseen for outcome in outcomes], "{:g}") + f" of {max(o.steps for o in outcomes)}"
    healed = _range([outcome.healed_s for outcome in outcomes], "{:.2f}") + " s"
    runs = _range([outcome.executions for outcome in outcomes], "{:g}")
    return LINE.format(fault.number, fault.what, subject.name, unseen, shown, healed, runs, _harm(outcomes))


def _range(values: Sequence[float], form: str) -> str:
    least, most = (form.format(value).replace("inf", "never") for value in (min(values), max(values)))
    return least if least == most else f"{least}-{most}"


def _harm(outcomes: Sequence[Outcome]) -> str:
    blocked_ms = max(outcome.blocked_s for outcome in outcomes) * 1_000
    wrong = sorted({text for outcome in outcomes for text in outcome.wrong})
    said = [f"  {text}" for outcome in outcomes for text in outcome.notes] + [f"  WRONG: {text}" for text in wrong]
    return f"{blocked_ms:,.1f} ms ({max(outcome.share for outcome in outcomes):.1%})" + "".join(said)


def main() -> int:
    """Print the table; 1 if anything is wrong with Pushboard."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="numbers of rows, such as F6a")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--plain-repeats", type=int, default=3, help="0 leaves the rival out")
    asked = parser.parse_args()
    print(LINE.format("row", "fault", "played on", "unseen", "ended with", "right after", "runs", "longest report"))
    failed = 0
    for fault in all_faults():
        if fault.number not in asked.only and (asked.only or fault.slow):
            continue
        ours = repeat(fault, PUSHBOARD, asked.repeats)
        failed += not ours or any(outcome.wrong for outcome in ours)
        print(line(fault, PUSHBOARD, ours), flush=True)
        if fault.plain and asked.plain_repeats:
            print(line(fault, PLAIN, repeat(fault, PLAIN, asked.plain_repeats)), flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: measures Pushboard beside what one would have instead; prints and writes down one table."""

import json
import multiprocessing
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench import curves, document, headlines, report
from bench.curves import RESULTS
from bench.machine import describe
from bench.measuring import end_what_was_started, rows_of
from bench.row import Row

MODULES = ("worker", "fresh", "fanout", "idle", "growth", "latency", "startup", "page", "tabs", "ui", "table")


def main(names: Sequence[str]) -> int:
    """Measure all, or the modules that are named. The exit code says whether all could be measured."""
    machine = describe()
    print("\n".join(_head(machine)), flush=True)
    rows: list[Row] = []
    missing = list(names or MODULES)
    for name in names or MODULES:
        if _measure(name, rows):
            missing.remove(name)
        if not names:  # what is measured is kept though the rest may fail, or be stopped
            _write(machine, rows, missing)
    print("\n".join(_table(rows, missing)))
    return 1 if missing else 0


def _head(machine: dict[str, str]) -> list[str]:
    return [f"{what}: {which}" for what, which in machine.items()]


def _table(rows: Sequence[Row], missing: Sequence[str]) -> list[str]:
    unmeasured = [f"Not measured: {', '.join(missing)}."] if missing else []
    goals = [row.goal for row in rows]
    return [*report.lines(sorted(rows, key=lambda row: goals.index(row.goal))), "", report.summary(rows), *unmeasured]


def _write(machine: dict[str, str], rows: Sequence[Row], missing: Sequence[str]) -> None:
    measured = json.loads(curves.MEASURED.read_text()) if "growth" not in missing else {}
    results: dict[str, Any] = {"machine": machine, "rows": report.as_json(rows), "curves": measured, "missing": missing}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    if measured:
        curves.main()
    document.put(document.PERFORMANCE, ["```", *_head(machine), "", *_table(rows, missing), "```"])
    document.put(document.README, headlines.lines(results["rows"]))


def _measure(name: str, rows: list[Row]) -> bool:
    """Each module in a process of its own: none pays for what another one left in memory."""
    print(f"bench.{name} …", end=" ", flush=True)
    started = time.monotonic()
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            rows += process.submit(rows_of, name).result()
    except Exception:
        traceback.print_exc()
        return False
    print(f"{time.monotonic() - started:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    end_what_was_started()
    sys.exit(main(sys.argv[1:]))

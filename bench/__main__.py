"""`make bench`: measures Pushboard beside what one would have instead; prints and writes down one table."""

import json
import multiprocessing
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from bench import curves, document, report
from bench.curves import RESULTS
from bench.machine import describe
from bench.measuring import rows_of
from bench.row import Row

MODULES = ("worker", "table", "latency", "fresh", "fanout", "idle", "growth", "startup", "page", "tabs", "ui")


def main(names: Sequence[str]) -> int:
    """Measure all, or the modules that are named. The exit code says whether all could be measured."""
    machine = describe()
    head = [f"{what}: {which}" for what, which in machine.items()]
    print("\n".join(head), flush=True)
    rows: list[Row] = []
    failed = [name for name in names or MODULES if not _measure(name, rows)]
    table = [*report.lines(rows), "", report.summary(rows)]
    print("\n".join(table))
    if not names and not failed:
        measured = json.loads(curves.MEASURED.read_text())
        results = {"machine": machine, "rows": report.as_json(rows), "curves": measured}
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        curves.main()
        document.put([*head, "", *table])
    for name in failed:
        print(f"bench.{name} could not measure; see above.")
    return 1 if failed else 0


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
    sys.exit(main(sys.argv[1:]))

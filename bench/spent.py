"""What a process has had of the processor, and for how long it has waited for it."""

from pathlib import Path
from typing import NamedTuple


class Spent(NamedTuple):
    """Seconds since its start, of all its threads: of work, and ready to work while others had the processor."""

    cpu_s: float
    waited_s: float

    def since(self, before: "Spent") -> "Spent":
        """What came after `before`."""
        return Spent(self.cpu_s - before.cpu_s, self.waited_s - before.waited_s)


def spent(pid: int) -> Spent:
    """What this process has spent; of its threads those that there are now."""
    # https://docs.kernel.org/scheduler/sched-stats.html: nanoseconds, where /proc/<pid>/stat counts in hundredths.
    texts = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return Spent(sum(int(text[0]) for text in texts) / 1e9, sum(int(text[1]) for text in texts) / 1e9)

"""One line for each log record of web and worker: time, level, process, task name and id, message."""

import logging
import re
import time

LINE = "%(asctime)s %(levelname)-7s %(processName)s %(task)s%(message)s"

# What a terminal, or a person's eye, would not take for text: controls, and marks that turn the reading direction.
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def escaped(text: str) -> str:
    """`text` on one line, with whatever could forge a line or steer a terminal made visible."""
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode("ascii"), text)


class LineFormatter(logging.Formatter):
    """Formats records for stdout. A traceback follows its line, indented, so that no text in it can pass for a line."""

    # Times are UTC, in ISO 8601; logging adds the milliseconds only where it was given no format of the caller's.
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        """For the lines of both processes."""
        super().__init__(LINE)

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's name
        """The record's own line."""
        name, task_id = getattr(record, "task_name", None), getattr(record, "task_id", None)
        says_so = f"[{task_id}]" in record.message  # as Celery's own lines do
        record.task = f"{escaped(str(name))}[{escaped(str(task_id))}] " if task_id and name and not says_so else ""
        record.message = escaped(record.message)
        return super().formatMessage(record)

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]
        """The traceback, indented."""
        return "\n".join("    " + escaped(line) for line in super().formatException(ei).splitlines())

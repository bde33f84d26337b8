"""Says in the log that a mail has gone out: the story of the task that it is about shows it as one."""

import logging

NAME = "pushboard.mail"

_logger = logging.getLogger(NAME)


def sent(what: str) -> None:
    """The running task has sent a mail. `what` need not say to whom: everybody who sees the board sees it."""
    _logger.info("%s", what)


def sent_about(task_id: str, task_name: str, what: str) -> None:
    """The same, of a mail that tells of another task; the line is that one's."""
    _logger.info("%s", what, extra={"told_of": (task_id, task_name)})

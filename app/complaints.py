"""Log lines about what clients do: a few as they are, a flood of them as a number."""

import logging

from app.allowance import Allowance

MOST_LINES, LINES_PER_S = 10.0, 0.5

logger = logging.getLogger(__name__)


class Complaints:
    """One line for each complaint while there are few."""

    def __init__(self) -> None:
        """Nothing has been left out yet."""
        self._allowance = Allowance(MOST_LINES, LINES_PER_S)
        self._left_out = 0

    def add(self, text: str, *values: object) -> None:
        """Log it, or count it if there have been too many."""
        if not self._allowance.spend():
            self._left_out += 1
            return
        if self._left_out:
            logger.info("%d more lines of this kind were left out", self._left_out)
            self._left_out = 0
        logger.info(text, *values)


complaints = Complaints()

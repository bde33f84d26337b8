"""One measured figure: Pushboard's, the rival's, and whether what was promised is met."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. Without a rival the bounds are for `ours` itself, else for its ratio to `theirs`.

    goal: the group it belongs to, such as "worker". ours, theirs: medians, both in `unit`. most, least: what `ours`, or
    its ratio to `theirs`, may be at most or has to be at least: "1,000 times cheaper" is most=1 / 1000. note: what to
    know about it, in a few words.
    """

    goal: str
    what: str
    unit: str
    ours: float
    rival: str = ""
    theirs: float | None = None
    most: float | None = None
    least: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a row that promises nothing, or two things."""
        if (self.most is None) == (self.least is None):
            raise ValueError(f"{self.what}: say either most or least")

    @property
    def ratio(self) -> float:
        """What the bound is about: ours / theirs, or ours where there is no rival."""
        if self.theirs is None:
            return self.ours
        return self.ours / self.theirs if self.theirs else float("inf")

    @property
    def is_met(self) -> bool:
        """Whether the bound is kept."""
        if self.most is not None:
            return self.ratio <= self.most
        return self.least is not None and self.ratio >= self.least

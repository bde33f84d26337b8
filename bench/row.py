"""One measured figure: Pushboard's, the rival's, and whether what was promised is met."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. Without a rival the bounds are for `ours` itself, else for its ratio to `theirs`.

    goal: the group it belongs to, such as "worker". ours, theirs: medians, both in `unit`. most: ours is to be at most
    this many times theirs. least: theirs is to be at least this many times ours (so many times better we are).
    note: what to know about it, in a few words.
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
        """What the bound is about. A rival that did not manage at all is infinitely worse."""
        if self.theirs is None:
            return self.ours
        better, worse = (self.theirs, self.ours) if self.most is not None else (self.ours, self.theirs)
        return worse / better if better else float("inf")

    @property
    def is_met(self) -> bool:
        """Whether the bound is kept."""
        if self.most is not None:
            return self.ratio <= self.most
        return self.least is not None and self.ratio >= self.least

    @property
    def bound(self) -> str:
        """The bound in words, such as "<= 0.6 x" or ">= 100 x" (of the rival), "<= 20 ms" (alone)."""
        sign, value = ("≤", self.most) if self.most is not None else ("≥", self.least)
        return f"{sign} {value:g} {'×' if self.theirs is not None else self.unit}"

"""Counts what was lost on the way and made good, since this process began."""

from dataclasses import dataclass


@dataclass(slots=True)
class Healed:
    """Each counter only grows.

    replays: clients that came back and were told what had changed meanwhile. resyncs: clients that came back and had to
    be told everything anew. resets: how often that had to be so for all, as the log has a gap or is a new one.
    redis_drops: how often the log could no longer be followed. foreign_entries: what no Pushboard wrote, skipped.
    """

    replays: int = 0
    resyncs: int = 0
    resets: int = 0
    redis_drops: int = 0
    foreign_entries: int = 0

    def subscribed(self, epoch: str, answered_epoch: str, recovered: bool) -> None:
        """Count a client's subscribe; one that asks with an epoch has been here before."""
        if epoch and epoch == answered_epoch and recovered:
            self.replays += 1
        elif epoch:
            self.resyncs += 1

"""The tasks of Pushboard; importing this registers them."""

from worker.tasks import alarm, demo, email, mailing, telling

__all__ = ["alarm", "demo", "email", "mailing", "telling"]

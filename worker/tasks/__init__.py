"""The tasks of Pushboard; importing this registers them."""

from worker.tasks import demo, email, mailing, telling

__all__ = ["demo", "email", "mailing", "telling"]

"""The tasks of Pushboard; importing this registers them."""

from worker.tasks import demo, email, mailing

__all__ = ["demo", "email", "mailing"]

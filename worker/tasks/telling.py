"""Tells somebody by e-mail that a task has ended."""

import time
import uuid
from collections.abc import Callable
from typing import TypeVar

import redis
from celery import Task

from worker import mail_log, task_ended
from worker.celery_app import celery_app
from worker.config import settings
from worker.mail import Mail, Mailer
from worker.mail_errors import MailDeferred, MailError
from worker.store import Table
from worker.stream import connect
from worker.tasks.email import MOST_RETRIES, wait_s
from worker.tellings import Tellings

T = TypeVar("T")

AGAIN_S = 1.0

WHY_NOT = {
    "done": "An earlier run has begun to send this mail, so this one does not",
    "gone": "No mail: a tab has told it meanwhile, or it was taken back",
    "not_yet": "No mail yet: the task is being run again",
}


# As the test e-mail: acknowledged before it runs. Rather no mail than two.
@celery_app.task(bind=True, name="mail.tell_of_end", listed=False, acks_late=False, max_retries=MOST_RETRIES)
def tell_of_end(self: Task, telling_id: str) -> str:
    """Send the one mail of this telling; what is refused for now is tried again up to 5 times. Raises MailError."""
    with connect(settings.redis_url) as client:
        tellings, run = Tellings(client), str(uuid.uuid4())
        verdict, telling = patiently(lambda: tellings.begin(telling_id, run))
        if verdict != "claimed":
            return WHY_NOT[verdict]
        row = patiently(lambda: Table(client).row(telling["task_id"]))
        try:
            _send(task_ended.mail(telling, row or {}, f"{telling_id}@pushboard"))
            mail_log.sent_about(telling["task_id"], (row or {}).get("name") or "", "A mail has told of the end")
        except MailDeferred as error:
            patiently(lambda: tellings.release(telling_id))
            raise self.retry(exc=without(telling["email"], error), countdown=wait_s(self.request.retries)) from None
        except MailError as error:
            raise without(telling["email"], error) from None
    return "Told by e-mail"


def _send(mail: Mail) -> None:
    with Mailer() as mailer:
        mailer.send(mail)


def without(address: str, error: MailError) -> MailError:
    """Everybody who sees the board sees the error: it need not tell who is written to."""
    return type(error)(str(error).replace(address, "the address"))


def patiently(command: Callable[[], T]) -> T:
    """Wait for a Redis that is away, as long as for a mail server."""
    deadline = time.monotonic() + settings.mail_patience_s
    while True:
        try:
            return command()
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_S)

"""Sends one mail, as the test e-mail form asks for it."""

import random
from typing import Any, TypedDict

from celery import Task

from worker import mail_log
from worker.celery_app import celery_app
from worker.config import settings
from worker.mail import Mail, Mailer
from worker.mail_errors import MailDeferred, MailRefused

MOST_RETRIES = 5
LONGEST_WAIT_S = 60.0
FIELDS = {"subject", "to", "body"}


class TestEmail(TypedDict):
    """What is to be sent, and to whom."""

    subject: str
    to: str
    body: str


# Acknowledged before it runs (acks_late is off): a worker that dies in the middle leaves the mail unsent rather than
# sent twice, and the board shows the task as lost. At most once is the right way round for mail.
@celery_app.task(bind=True, name="mail.send_test_email", acks_late=False, max_retries=MOST_RETRIES)
def send_test_email(self: Task, email_data: TestEmail) -> str:
    """Send `{subject, to, body}`; what is refused for now is tried again up to 5 times. Raises MailError."""
    mail = _mail(email_data)
    try:
        with Mailer() as mailer:
            mailer.send(mail)
        mail_log.sent("Mail sent")
    except MailDeferred as error:
        raise self.retry(exc=error, countdown=wait_s(self.request.retries)) from None
    return f"Sent to {mail.to}"


def wait_s(retries: int, most_s: float = LONGEST_WAIT_S) -> float:
    """Seconds before the next try: twice as long each time, at most a minute, and not all mails at once."""
    longest = min(settings.mail_retry_s * 2.0 ** min(retries, 20), most_s)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - guards nothing


def _mail(data: Any) -> Mail:
    if not isinstance(data, dict) or set(data) != FIELDS:
        raise MailRefused("A mail needs subject, to and body, and nothing else.")
    return Mail(**data)

"""Sends the mails about an alarm."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import redis
from celery import Task

from worker import alarm_mail, mail_log
from worker.alarms import MAIL_TASK, Alarms
from worker.celery_app import celery_app
from worker.config import settings
from worker.logs.journal import Journal
from worker.mail import Mailer
from worker.mail_errors import MailDeferred, MailError, MailServerUnreachable
from worker.stream import connect
from worker.tasks.email import wait_s
from worker.tasks.telling import patiently, without

GIVE_UP_S = 24 * 3600
LONGEST_WAIT_S = 300.0


# As the test e-mail: acknowledged before it runs. Rather no mail than two.
@celery_app.task(bind=True, name=MAIL_TASK, listed=False, acks_late=False, max_retries=None)
def tell_of_alarm(self: Task, mail_id: str) -> str:
    """Send it to each address once; what is refused for now is tried again for a day. Raises MailError."""
    with connect(settings.redis_url) as client:
        alarms = Alarms(client)
        alarm = patiently(lambda: alarms.mail(mail_id))
        if alarm is None:
            return "There is no such mail any more"
        refused = _send_all(alarms, mail_id, alarm, _last_lines(client, alarm))
    if isinstance(refused, MailDeferred) and time.time() - alarm["last"] < GIVE_UP_S:
        raise self.retry(exc=refused, countdown=wait_s(self.request.retries, LONGEST_WAIT_S))
    if refused:
        raise refused
    return "Sent"


def _send_all(alarms: Alarms, mail_id: str, alarm: Mapping[str, Any], lines: Sequence[str]) -> MailError | None:
    """To each address that no run has written to; what was wrong, before all what may be tried again."""
    errors: list[MailError] = []
    with Mailer() as mailer:
        for place, address in enumerate(alarm["addresses"]):
            if not patiently(partial(alarms.begin, mail_id, address)):
                continue
            try:
                mailer.send(alarm_mail.mail(alarm, address, f"{mail_id}-{place}@pushboard", lines))
                mail_log.sent("Mail sent")
            except MailError as error:
                errors.append(without(address, error))
                if isinstance(error, MailDeferred):
                    patiently(partial(alarms.release, mail_id, address))
                if isinstance(error, MailServerUnreachable):
                    break
    return next((error for error in errors if isinstance(error, MailDeferred)), errors[0] if errors else None)


def _last_lines(client: redis.Redis, alarm: Mapping[str, Any]) -> list[str]:
    """A mail without them is better than none."""
    try:
        return alarm_mail.last_lines(Journal(client, settings.journal_limits), alarm)
    except redis.RedisError:
        return []

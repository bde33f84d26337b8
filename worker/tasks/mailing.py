"""Sends a mailing: one mail to each recipient, and to nobody twice."""

from typing import Any

from celery.exceptions import Ignore

from worker import ledger
from worker.celery_app import celery_app
from worker.config import settings
from worker.delivery import Delivery
from worker.ledger import Ledger
from worker.mail import Mailer
from worker.stream import connect


# Acknowledged when it has ended: if the worker dies, the task is delivered again and goes on where the ledger says.
@celery_app.task(name="mail.send_mailing", listed=False, acks_late=True, reject_on_worker_lost=True)
def send_mailing(mailing_id: str) -> dict[str, Any]:
    """Send the mailing that the ledger has under this id.

    Returns `{sent, refused, not_known, total, refused_examples}`. Raises what ends it before everyone has been tried:
    UnknownMailing, DeliveryStopped.
    """
    with Mailer() as mailer, connect(settings.redis_url) as client:
        try:
            return Delivery(Ledger(client, mailing_id), mailer, settings).run()
        except ledger.Superseded:
            # Another run of this very task goes on with it and will tell how it ended.
            raise Ignore from None

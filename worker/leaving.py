"""A worker that ends and waits for its tasks: what it has not begun goes to others at once, not when it has waited."""

from typing import Any

from celery import bootsteps, signals
from celery.worker import state as celery_state
from celery.worker.consumer import Tasks

from worker import deliveries, heartbeat


class HandBack(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery is not typed
    """Closes the consumer's channel as soon as the worker takes no more, which puts back what it has in stock.

    Celery closes it at the very end. Until then a message that Redis sends to it would wait for nobody, and be gone if
    the worker is killed meanwhile.
    """

    requires = (Tasks,)

    def stop(self, consumer: Any) -> None:
        """In the main thread: no task is begun at the same time."""
        if celery_state.should_stop is None or consumer.task_consumer is None:
            return
        for delivery in deliveries.not_begun(heartbeat.instance()).values():
            request = delivery.request and delivery.request()
            if request is not None:
                heartbeat.give_up(request)
        consumer.task_consumer.channel.close()


@signals.worker_init.connect
def _hand_back(sender: Any = None, **_: Any) -> None:
    sender.app.steps["consumer"].add(HandBack)

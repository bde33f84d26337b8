"""A queue is emptied where the broker keeps it, however its lists are called."""

from typing import Any

import celery
import pytest
import redis

from worker.purge import Purge
from worker.stream import Log

PREFIXED = {"global_keyprefix": "mine:", "priority_steps": [0, 5], "sep": "/"}


@pytest.mark.parametrize("options", [{}, PREFIXED], ids=["as it is", "with names of its own"])
def test_messages_of_every_priority_are_taken_off(
    log: Log, redis_client: redis.Redis, redis_url: str, options: dict[str, Any]
) -> None:
    app = celery.Celery(broker=redis_url, backend=None, set_as_current=False)
    app.conf.broker_transport_options = options
    with app.connection_for_write() as connection:
        for priority in (0, 9):
            app.send_task("trial.count", connection=connection, priority=priority)
        waiting = [key for key in redis_client.scan_iter(_type="list")]
        assert len(waiting) == 2, "void: not a list for each priority"
        purge = Purge(log, redis_client, options)
        assert purge.knows("celery")
        assert purge.purge("celery", {}) == 2
    assert list(redis_client.scan_iter(_type="list")) == []

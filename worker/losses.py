"""Counts the executions of a task that were lost with what ran them."""

from typing import Any, cast

import redis

from worker import keys

KEPT_S = 7 * 24 * 3600

CHILD_DIED = "The process that ran it died"


def count(client: redis.Redis, task_id: str, loss: str) -> None:
    """An execution was lost. `loss` names it: whoever else tells of the same one counts nothing more."""
    with client.pipeline(transaction=True) as pipe:
        pipe.sadd(keys.losses(task_id), loss)
        pipe.expire(keys.losses(task_id), KEPT_S)
        pipe.execute()


def counted(client: redis.Redis, task_id: str) -> int:
    """How many of its executions were lost."""
    return cast(int, client.scard(keys.losses(task_id)))


def forget(client: redis.Redis, task_id: str) -> None:
    """Whoever sends the task again begins anew."""
    client.delete(keys.losses(task_id))


def may_run_again(task: Any) -> bool:
    """Whether this task may be executed again after an execution was lost."""
    return bool(getattr(task, "run_again", True))

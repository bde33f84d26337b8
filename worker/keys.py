"""Every Redis key of Pushboard, under one prefix; the hash tag keeps them in one slot of a Redis Cluster."""

PREFIX = "{pushboard}:"

META = PREFIX + "meta"  # hash: epoch, offset, server (the Redis run id that the epoch belongs to)
LOG = PREFIX + "log"  # stream, capped: the news
CHANGED = PREFIX + "changed"  # zset: task_id by the offset of its last change
SENT = PREFIX + "sent"  # zset: task_id by the offset of its first event, newest first on the board
BY = PREFIX + "by:"  # by:<kind>: hash value -> number of tasks; by:<kind>:<value>: zset as `sent`, of these tasks
COUNTS = PREFIX + "counts"  # hash: state -> number of rows in it
ROW = PREFIX + "task:"  # hash per task: the table's row, each value JSON
HEALED = PREFIX + "healed"  # hash: what all workers together have counted, such as dropped_events
BEATS = PREFIX + "beats"  # zset: worker instance by the time of its last heartbeat
HELD = PREFIX + "held:"  # hash per worker instance: delivery tag -> [task_id, runs, may run again]
WORKERS = PREFIX + "workers"  # hash: worker instance -> what it says of itself; JSON
WORKERS_SEEN = PREFIX + "workers:seen"  # zset: worker instance by the time of its last heartbeat, kept after its end

TASKS = PREFIX + "tasks"  # hash: task name -> what it takes, as the worker that started last has published it; JSON
TASKS_SEEN = PREFIX + "tasks:seen"  # zset: task name by the time a worker that runs it was last heard of

OWNERS = PREFIX + "owners"  # hash, in the broker's Redis: delivery tag -> the worker instance that took the message
REVOKED = PREFIX + "revoked"  # zset: task_id of what was revoked while it waited, by the time
ASIDE = PREFIX + "aside"  # list, capped, in the broker's Redis: messages that no worker could take, newest first
ASIDE_COUNT = PREFIX + "aside:count"  # how many there ever were


def row(task_id: str) -> str:
    """The key of one task's row."""
    return ROW + task_id


def held(instance: str) -> str:
    """The key of what one worker instance has taken from the broker and not yet acknowledged."""
    return HELD + instance


def buried(instance: str) -> str:
    """The key that says that a worker instance was taken for dead; one that comes back finds it."""
    return f"{PREFIX}buried:{instance}"


def adopted(instance: str) -> str:
    """The key that says that a worker takes care of what a dead one has left."""
    return f"{PREFIX}adopted:{instance}"


def losses(task_id: str) -> str:
    """The key of a set: the executions of one task that were lost with what ran them."""
    return f"{PREFIX}losses:{task_id}"


def mailing(mailing_id: str, part: str) -> str:
    """The key of one part of a mailing's ledger."""
    return f"{PREFIX}mailing:{mailing_id}:{part}"

"""Every Redis key of Pushboard, under one prefix; the hash tag keeps them in one slot of a Redis Cluster."""

PREFIX = "{pushboard}:"

META = PREFIX + "meta"  # hash: epoch, offset, server (the Redis run id that the epoch belongs to)
LOG = PREFIX + "log"  # stream, capped: the news
CHANGED = PREFIX + "changed"  # zset: task_id by the offset of its last change
SENT = PREFIX + "sent"  # zset: task_id by the offset of its first event, newest first on the board
BY = PREFIX + "by:"  # by:<kind>: hash value -> number of tasks; by:<kind>:<value>: zset of `sent`'s scores
WAITING = BY + "waiting:"  # waiting:<queue>: zset as `sent`, of the tasks that wait there and are due
COUNTS = PREFIX + "counts"  # hash: state -> number of rows in it
ROW = PREFIX + "task:"  # hash per task: the table's row, each value JSON
HEALED = PREFIX + "healed"  # hash: what all workers together have counted, such as dropped_events
BEATS = PREFIX + "beats"  # zset: worker instance by the time of its last heartbeat
HELD = PREFIX + "held:"  # hash per worker instance: delivery tag -> [task_id, runs, may run again]
WORKERS = PREFIX + "workers"  # hash: worker instance -> what it says of itself; JSON
WORKERS_SEEN = PREFIX + "workers:seen"  # zset: worker instance by the time of its last heartbeat, kept after its end

TASKS = PREFIX + "tasks"  # hash: task name -> what it takes, as the worker that started last has published it; JSON
TASKS_SEEN = PREFIX + "tasks:seen"  # zset: task name by the time a worker that runs it was last heard of

# slots `10:<time>`, `600:<time>`: hash, what happened -> how often; `times:<name>`, `times:<name>:before`: hash, bucket
# of run times -> runs; `names`: zset, name by the time of its last run; `since`: when counting began
STATISTICS = PREFIX + "statistics:"

OWNERS = PREFIX + "owners"  # hash, in the broker's Redis: delivery tag -> the worker instance that took the message
REVOKED = PREFIX + "revoked"  # zset: task_id of what was revoked while it waited, by the time
ASIDE = PREFIX + "aside"  # list, capped, in the broker's Redis: messages that no worker could take, newest first
ASIDE_COUNT = PREFIX + "aside:count"  # how many there ever were

ALARMS = PREFIX + "alarms"  # hash, bounded: id -> an open alarm, JSON
ALARMS_LEFT_OUT = PREFIX + "alarms:left-out"  # hash, bounded: id of a cause for which there was no room -> how often
ALARMS_SEEN = PREFIX + "alarms:seen"  # hash, bounded as that: id -> how often it had been when somebody put it aside
ALARMS_LEAD = PREFIX + "alarms:lead"  # string with an expiry: the web process that looks for alarms
ALARMS_OFFSET = PREFIX + "alarms:offset"  # string: up to where the log has been looked at for alarms
ALARM_MAILS = PREFIX + "alarms:mails"  # zset, bounded: mails whose task is not on the queue yet, by time
ALARM_MAILS_SENT = PREFIX + "alarms:mails:sent"  # zset with an expiry: mails of the last hour, by time

TELLINGS = PREFIX + "tellings"  # zset: id of what somebody is to be told by e-mail, by the time it was asked for
PRESENT = PREFIX + "present"  # zset: browser by the time when a tab of it was connected last

LINES = PREFIX + "lines"  # stream, capped: the workers' log lines, a chunk an entry
LINES_OF = PREFIX + "lines:task:"  # and a task's id: goes with the task's row, or by its expiry
LINES_META = PREFIX + "lines:meta"  # hash: offset of the newest chunk; how many lines and bytes are kept


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


def telling(telling_id: str) -> str:
    """The key of a hash: who is to be told of which task's end, and how far that has got."""
    return f"{PREFIX}telling:{telling_id}"


def tellings_of(task_id: str) -> str:
    """The key of a set: the ids of one task's tellings."""
    return f"{PREFIX}tellings:of:{task_id}"


def mails_to(address_hash: str) -> str:
    """The key of a number: the mails about ends of tasks that were asked for to one address within the hour."""
    return f"{PREFIX}mails:to:{address_hash}"


def lines_from(boot: str) -> str:
    """The key of the number of the newest chunk of log lines that one process has shipped."""
    return f"{PREFIX}lines:from:{boot}"


def lines_of(task_id: str) -> str:
    """The key of a list: the offsets of the chunks in which a task has log lines."""
    return LINES_OF + task_id


def alarm_mail(mail_id: str) -> str:
    """The key of a hash with an expiry: what a mail about an alarm tells, and which of its letters are claimed."""
    return f"{PREFIX}alarm:mail:{mail_id}"


def alarm_mailed(alarm_id: str) -> str:
    """The key of a string with an expiry: there was a mail about this cause within the last hour."""
    return f"{PREFIX}alarm:mailed:{alarm_id}"


def alarm_claim(mail_id: str) -> str:
    """The key of a string with an expiry: somebody puts this mail's task on the queue."""
    return f"{PREFIX}alarm:claim:{mail_id}"

"""Extensions, not yet bound to an application, and this process's view of the log and the table."""

from functools import cache

from flask_socketio import SocketIO

from app import rooms
from app.alarms_room import AlarmsRoom
from app.lines_room import LinesRoom
from app.outlooks_room import OutlooksRoom
from app.picture import Picture
from app.presence import Presence
from app.relay import Relay
from app.statistics_room import StatisticsRoom
from app.workers_room import WorkersRoom
from worker.alarms import Alarms
from worker.celery_app import celery_app
from worker.config import settings
from worker.fleet import Fleet
from worker.logs.journal import Journal
from worker.queues import Queues
from worker.registry import Registry
from worker.statistics import Statistics
from worker.store import Table
from worker.stream import Log, connect

FOLLOW_TIMEOUT_S = 1.2
"""After this the follower takes the line for dead: Redis answers it every half a second, also with no news."""

ANSWER_TIMEOUT_S = 0.9
"""How long a person waits for a Redis that hangs: twice this, as each command is tried twice."""

TURN_TIMEOUT_S = 10.0
"""How long a subscribe waits for its turn: thousands may come at once, as after a restart of this process."""

socketio = SocketIO()


@cache
def table() -> Table:
    """The table, over connections that give up soon."""
    return Table(connect(settings.redis_url, ANSWER_TIMEOUT_S))


@cache
def snapshots() -> Table:
    """The table for those who subscribe: a crowd of them keeps nobody else from it."""
    return Table(connect(settings.redis_url, ANSWER_TIMEOUT_S, TURN_TIMEOUT_S))


@cache
def registry() -> Registry:
    """The tasks that can be run."""
    return Registry(table().client)


@cache
def log() -> Log:
    """The log, to ask of it; whoever follows it takes a connection of its own."""
    return Log(table().client, settings.limits)


def open_log() -> Log:
    """The log, over a connection of its own: following it blocks."""
    return Log(connect(settings.redis_url, FOLLOW_TIMEOUT_S, retries=0), settings.limits)


@cache
def journal() -> Journal:
    """The workers' log lines, to ask of them."""
    return Journal(table().client, settings.journal_limits)


def open_journal() -> Journal:
    """The workers' log lines, over a connection of its own: following them blocks."""
    return Journal(connect(settings.redis_url, FOLLOW_TIMEOUT_S, retries=0), settings.journal_limits)


@cache
def fleet() -> Fleet:
    """The workers."""
    return Fleet(table().client)


@cache
def counted() -> Statistics:
    """What is counted."""
    return Statistics(table().client)


@cache
def queues() -> Queues:
    """The queues on the broker; what another broker than Redis holds is unknown."""
    is_redis = settings.broker_url.partition(":")[0] in ("redis", "rediss", "unix")
    broker = connect(settings.broker_url, ANSWER_TIMEOUT_S) if is_redis else None
    return Queues(table().client, broker, celery_app.conf.broker_transport_options)


@cache
def alarms() -> Alarms:
    """The open alarms."""
    return Alarms(table().client)


presence = Presence()
relay = Relay(socketio, open_log, table)
workers_room = WorkersRoom(socketio, relay, fleet, queues)
statistics_room = StatisticsRoom(socketio, relay, counted)
outlooks_room = OutlooksRoom(socketio, relay, counted, fleet, queues)
pictures: dict[str, Picture] = {
    rooms.WORKERS: workers_room,
    rooms.STATISTICS: statistics_room,
    rooms.OUTLOOKS: outlooks_room,
    rooms.ALARMS: AlarmsRoom(socketio, relay, alarms),
}
lines_room = LinesRoom(socketio, relay, open_journal, journal)

"""What must be well after Redis has been away: results are kept, tasks are taken again, and soon."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from tests.asking import ask
from tests.faults.outcome import MOST_HEALING_S
from tests.faults.stage import Stage
from tests.faults.subjects import PUSHBOARD
from tests.processes import waited

RESULT_S = 5.0
SEEN_S = 10.0
"""How long it may take until somebody is told that Redis cannot be reached or used."""

SHORT = 5
"""Steps of a task that is there to be done."""


@contextmanager
def admin(stage: Stage) -> Iterator[Any]:
    """Redis itself, to be broken."""
    with redis.Redis.from_url(stage.server.url, decode_responses=True) as client:
        yield client


def sent_on_return(stage: Stage) -> None:
    """Send one more task at the moment that Redis is back: it is to be taken soon."""
    if stage.subject is PUSHBOARD:
        stage.send(steps=SHORT)


def page_says_so(stage: Stage) -> None:
    """Wait until the page is told that nothing is followed, and whoever asks /readyz too."""
    if stage.subject is not PUSHBOARD:
        return
    asked: list[int] = []

    def said() -> bool:
        if getattr(stage.witness, "live", True):
            return False
        asked.append(ask(stage.web, "/readyz")[0])
        return asked[-1] == 503

    if waited(said, SEEN_S):
        stage.notes.append(f"the page says so after {time.time() - stage.fault_began:.1f} s")
    else:
        stage.wrong.append(f"the page did not say so in {SEEN_S:g} s (readyz: {asked[-1:]})")


def serves_again(stage: Stage) -> Iterator[str]:
    """How soon tasks were taken again after the fault: the last one was sent at its very end."""
    began = [fact["began"] for fact in stage.told(stage.task_ids[-1]) if "began" in fact]
    if len(began) != 1:
        yield f"a task sent on return ran {len(began)} times"
        return
    took_s = began[0] - stage.fault_ended
    stage.notes.append(f"tasks taken again after {took_s:.2f} s")
    if took_s > MOST_HEALING_S * stage.margin:
        yield f"the next task was taken after {took_s:.1f} s"


def results_kept(stage: Stage) -> Iterator[str]:
    """Every task that ended has its result in Celery's result backend."""
    with redis.Redis.from_url(stage.server.url) as client:
        for number, task_id in enumerate(stage.task_ids):
            if not waited(lambda: _result(client, task_id) == stage.state(task_id), RESULT_S):  # noqa: B023 - at once
                yield f"the result of task {number} says {_result(client, task_id)}"


def _result(client: redis.Redis, task_id: str) -> str | None:
    stored = client.get(f"celery-task-meta-{task_id}")
    return json.loads(stored)["status"] if isinstance(stored, bytes) else None


def ran_once(stage: Stage) -> Iterator[str]:
    """Every task of the stage ran to its end, and once."""
    for number, task_id in enumerate(stage.task_ids):
        runs = sum("began" in fact for fact in stage.told(task_id))
        if runs != 1:
            yield f"task {number} ran {runs} times"

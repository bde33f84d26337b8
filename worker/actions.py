"""What people ask of tasks: to stop, to be run again; written down for all watchers, and told to the workers."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any, cast

from worker import events, keys
from worker.stream import Log

Action = dict[str, Any]

GENTLE, FORCE, REVOKE, RERUN = "stop", "force", "revoke", "rerun"


class Refused(Exception):
    """It cannot be done. code: `unknown`, `ended` or `running`: how the task stands."""

    def __init__(self, code: str) -> None:
        """`code`: the verdict of the log."""
        super().__init__(code)
        self.code = code


class Actions:
    """Asks things of tasks. Every method may raise redis.RedisError or kombu's OperationalError."""

    def __init__(self, log: Log, control: Any) -> None:
        """`control`: Celery's, which speaks to the workers."""
        self.log, self.control = log, control

    def stop(self, task_id: str, force: bool, by: Mapping[str, Any]) -> Action:
        """Ask a task to stop: one that waits is revoked, one that runs is stopped gently, or by force.

        Answers what is under way now; if somebody has asked before, that. Raises Refused.
        """
        wanted = {"kind": FORCE if force else GENTLE, "state": "asked", "by": dict(by)}
        answer = self.log.append(events.asked(task_id, wanted))
        if not answer.asked:
            raise Refused(answer.verdict)
        if answer.asked == REVOKE:
            self._remember(task_id)
        self._tell(answer.asked, task_id)
        return {"kind": answer.asked, "state": "asked"}

    def rerun(self, task_id: str, key: str, by: Mapping[str, Any]) -> tuple[str, bool]:
        """The id for a rerun of an ended task, and whether it is new and to be sent.

        key: names what is to be run, so that two people who press at once get one task. Raises Refused.
        """
        new_id = str(uuid.uuid4())
        wanted = {"kind": RERUN, "state": "asked", "by": dict(by), "key": key, "task_id": new_id}
        answer = self.log.append(events.asked(task_id, wanted))
        if answer.verdict == "unchanged":
            return str((self.under_way(task_id) or wanted)["task_id"]), False
        if not answer.asked:
            raise Refused(answer.verdict)
        return new_id, True

    def tell(self, task_id: str, state: str, why: str | None = None) -> None:
        """What has become of the newest action: `done`, or `refused` and why."""
        action = self.under_way(task_id)
        if action is not None:
            self.log.append(events.told(task_id, action | {"state": state, "why": why}))

    def under_way(self, task_id: str) -> Action | None:
        """The newest action of a task, as its row has it."""
        stored = cast(str | None, self.log.client.hget(keys.row(task_id), "action"))
        return cast(Action | None, json.loads(stored)) if stored else None

    def _remember(self, task_id: str) -> None:
        """Workers that start later are to know of it as well."""
        self.log.client.zadd(keys.REVOKED, {task_id: time.time()})

    def _tell(self, kind: str, task_id: str) -> None:
        """A worker that does not hear it hears it from the task's next append, or sees it when it starts."""
        if kind == GENTLE:
            self.control.broadcast("pushboard_stop", {"task_id": task_id})
        else:
            self.control.revoke(task_id, terminate=kind == FORCE, signal="SIGKILL")

"""What has happened to a task, each thing once: from the steps in its row, so that nothing is lost while away."""

from collections.abc import Mapping
from typing import Any

from terminal import clean, words
from worker import states
from worker.steps import STEPS

TENTH = 0.1
ASKED = {"revoke": "asked to be revoked", "stop": "asked to stop", "force": "asked to stop by force"}
NOW = "progress"
REPORTS = ("reported", "quarter", NOW)

Row = Mapping[str, Any]
Step = dict[str, Any]


class Story:
    """What has been told of one task, and what has not."""

    def __init__(self) -> None:
        """Nothing has been told."""
        self._told: set[tuple[object, ...]] = set()
        self._newest = -1
        self._run: tuple[object, ...] = ()
        self._tenth = -1
        self._has_ended = False

    def news(self, row: Row) -> list[Step]:
        """What was not told yet, in its order; each tenth of the way is news, and so is a state of the task's own."""
        return [step for step in (*self._untold(row), _as_it_stands(row)) if self._is_news(step)]

    def _untold(self, row: Row) -> list[Step]:
        steps, untold = steps_of(row), []
        known = {key[0] for key in self._told} | {step["n"] for step in steps}
        for step in steps:
            if _key(step) in self._told or (step["kind"] == "sent" and self._told):
                continue  # that it was sent is told late at times, and no news then
            missing = sum(number not in known for number in range(self._newest + 1, step["n"]))
            untold += [{"kind": "left out", "at": step["at"], "count": missing}] * bool(missing) + [step]
            self._newest = max(self._newest, step["n"])
            self._told.add(_key(step))
        return untold

    def _is_news(self, step: Step) -> bool:
        if step["kind"] == "started":
            self._has_ended, self._run = False, ()
        if step["kind"] == "ended":
            had_ended, self._has_ended = self._has_ended, True
            return not had_ended
        return step["kind"] not in REPORTS or self._is_further(step)

    def _is_further(self, step: Step) -> bool:
        """Whether that is another tenth of the way, or another state of the task's own."""
        part, run = words.share({**step, "state": None}), (step.get("attempt"), _own_state(step))
        tenth = -1 if part is None else int(part / TENTH + 1e-9)
        says_little = tenth < 0 and not run[1] and step["kind"] == NOW
        if says_little or (run == self._run and tenth <= self._tenth):
            return False
        self._run, self._tenth = run, tenth
        return True


def _as_it_stands(row: Row) -> Step:
    """How far a task is by now, or how it has ended: not each of that is a step."""
    state = words.state_of(row)
    kind = "ended" if states.is_final(state) else NOW
    at = row.get("ended_at" if kind == "ended" else "progress_at") or row.get("sent_at") or 0.0
    fields = {name: row.get(name) for name in ("attempt", "current", "total", "note", "state", "summary")}
    running = kind == "ended" or states.group(state) == states.RUNNING
    return {"kind": kind, "at": at} | {name: value for name, value in fields.items() if running and value is not None}


def _own_state(step: Step) -> str:
    """A state that the task's author made up, or ""."""
    state = step.get("state") or ""
    return "" if state in (states.STARTED, states.PROGRESS) or states.group(state) != states.RUNNING else str(state)


def steps_of(row: Row) -> list[Step]:
    """The steps that a row has (docs/protocol.md), as they happened."""
    found = [step for name in STEPS if isinstance(step := row.get(name), dict) and "n" in step and "at" in step]
    found.sort(key=lambda step: step["n"])
    return sorted(found, key=lambda step: _place(step, found))


def _place(step: Step, steps: list[Step]) -> float:
    """What came before a start may be told of after it: it has the start's very time then."""
    if step["kind"] == "sent":
        return -1.0
    starts = (
        one["n"] for one in steps if one["kind"] == "started" and one["at"] == step["at"] and one["n"] < step["n"]
    )
    return next(starts, step["n"] + 0.5) - 0.5 if step["kind"] == "received" else float(step["n"])


def _key(step: Step) -> tuple[object, ...]:
    return step["n"], step["kind"], step["at"]


def in_words(step: Step) -> str:
    """A step on one line."""
    return clean.plain(words.joined(*_said(step)))


def _said(step: Step) -> tuple[str, ...]:
    kind, note, worker = step["kind"], str(step.get("note") or ""), step.get("worker")
    if kind == "sent":
        return (f"queued in {step.get('queue')}" if step.get("queue") else "queued",)
    if kind == "received":
        return (f"received by {worker}" if worker else "received",)
    if kind == "started":
        return f"attempt {step.get('attempt')} started", f"on {worker}" if worker else ""
    if kind in ("retried", "put-back"):
        what = "failed, and will be tried again" if kind == "retried" else "was lost, and is queued again"
        return f"attempt {step.get('attempt')} {what}", note
    if kind == "ended":
        return str(step.get("state")), str(step.get("summary") or "")
    if kind == "left out":
        return (f"… {step['count']} steps are not kept any more",)
    if kind in ("asked", "seen", "told"):
        return _action(step)
    return _own_state(step), words.percent({**step, "state": None}), words.amount(step), note


def _action(step: Step) -> tuple[str, ...]:
    what = ASKED.get(step.get("action", ""), f"asked: {step.get('action')}")
    if step["kind"] == "asked":
        return what, f"by {step['by']}" if step.get("by") else ""
    if step["kind"] == "seen":
        return ("its worker knows of that",)
    done = "what was asked is done" if step.get("outcome") == "done" else "what was asked was not done"
    return what if step.get("outcome") == "asked" else done, str(step.get("why") or "")

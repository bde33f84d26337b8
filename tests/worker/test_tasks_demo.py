"""The long task of the tutorial, by a real worker."""

from collections.abc import Callable

import pytest

from tests.mailings import Mailings
from tests.processes import Service, wait_until
from worker.tasks.demo import ADJECTIVES, NOUNS, VERBS

StartWorker = Callable[..., Service]


def test_it_says_how_far_it_is_and_ends_with_42(mailings: Mailings, mail_worker: StartWorker) -> None:
    mail_worker()
    sent = mailings.send("demo.long_task", [], {"step_s": 0.1})
    wait_until(lambda: sent.row().get("state") == "PROGRESS" and sent.row()["current"] >= 3, 20, "it moves")
    row = sent.row()
    assert 10 <= row["total"] <= 50
    verb, rest = next((verb, row["note"].removeprefix(verb)) for verb in VERBS if row["note"].startswith(verb))
    assert any(rest == f" {adjective} {noun}..." for adjective in ADJECTIVES for noun in NOUNS), verb
    row = sent.ended()
    assert row["state"] == "SUCCESS"
    assert row["result"] == {"current": 100, "total": 100, "status": "Task completed!", "result": 42}


@pytest.mark.parametrize("step_s", [-5, 0])
def test_a_step_takes_no_less_than_no_time(step_s: float, mailings: Mailings, mail_worker: StartWorker) -> None:
    mail_worker()
    assert mailings.send("demo.long_task", [], {"step_s": step_s}).ended(10)["state"] == "SUCCESS"

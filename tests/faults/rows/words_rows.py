"""What tasks say: 5 MB at a time, and values that are no JSON (F27, F28)."""

from collections.abc import Callable, Iterator
from string import ascii_lowercase

from tests.faults.outcome import MOST_BLOCKED_S
from tests.faults.play import Fault
from tests.faults.stage import Stage
from tests.faults.work import NOTES

STEPS = 30
MOST_LATE_S = 0.25

ODD = [note for note in NOTES if note != "long"]


def shouting(tasks: int) -> Callable[[Stage], None]:
    """One task counts while others tell 5 MB at each of their steps."""

    def play(stage: Stage) -> None:
        stage.start_worker(concurrency=tasks)
        stage.begin(steps=150)
        with stage.fault():
            loud = [stage.send(steps=10, pause_s=0.2, kwargs={"note": "long"}) for _ in range(tasks)]
            stage.prove(lambda: all(map(stage.told, loud)), "they tell", 30)
            stage.prove(lambda: "ended" not in stage.told()[-1], "the counting one runs beside them")

    return play


def others_do_not_suffer(stage: Stage) -> Iterator[str]:
    """I5: 99 in 100 values are shown soon after they were told. I4: nor do those who shout."""
    seen = {sight.current: sight.at for sight in reversed(stage.witness.sights)}
    steps = [fact for fact in stage.told() if "step" in fact]
    late_s = sorted(seen[fact["step"]] - fact["at"] for fact in steps if fact["step"] in seen)
    p99_s = late_s[int(len(late_s) * 0.99)]
    longest_s = max(fact["longest_s"] for task_id in stage.task_ids[1:] for fact in stage.told(task_id)[-1:])
    stage.notes.append(f"others told {p99_s * 1000:.0f} ms late (p99); longest 5 MB report {longest_s * 1000:.0f} ms")
    if p99_s > MOST_LATE_S:
        yield f"others are told {p99_s:.2f} s late"
    if longest_s > MOST_BLOCKED_S:
        yield f"a report of 5 MB took {longest_s:.2f} s"


def says(note: str) -> Callable[[Stage], None]:
    """The task says this odd value at each step."""

    def play(stage: Stage) -> None:
        stage.send(steps=STEPS, kwargs={"note": note})
        stage.watch()
        with stage.fault():
            stage.prove(lambda: bool(stage.told()), "it runs", 20)

    return play


def the_result_is_unchanged(stage: Stage) -> Iterator[str]:
    """What the task said has not changed what came of it."""
    with stage.sender() as sender:
        result = sender.AsyncResult(stage.task_id)
        if (result.state, result.result) != ("SUCCESS", {"steps": STEPS}):
            yield f"its result is {result.state} {result.result!r}"


ROWS = [
    Fault("F27a", "5 MB at each step", shouting(1), also=others_do_not_suffer),
    Fault("F27b", "5 MB at each step, 20 tasks at once", shouting(20), also=others_do_not_suffer),
    *(
        Fault(f"F28{letter}", f"says {note}", says(note), also=the_result_is_unchanged, task_s=20)
        for letter, note in zip(ascii_lowercase, ODD, strict=False)
    ),
]

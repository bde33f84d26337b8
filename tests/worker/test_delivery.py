"""Wherever a run of a mailing dies, the next one goes on, and nobody gets two mails."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mailings import Mailings, address
from tests.smtp_server import SmtpServer
from worker.config import Settings
from worker.delivery import Delivery
from worker.ledger import SENT, Superseded
from worker.mail import Mailer

SIZE = 4
STEPS = ("begin", "send", "end")


class Death(BaseException):
    """As kill -9: nothing after it is carried out. (Processes are killed for real in test_tasks_mailing.)"""


class Dying:
    """Passes every call on, and dies before or after the n-th call of one kind."""

    def __init__(self, real: Any, step: str, number: int, before: bool) -> None:
        self._real, self._step, self._number, self._before = real, step, number, before

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return self._deadly(value) if name == self._step else value

    def _deadly(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(*args: Any) -> Any:
            self._number -= 1
            if self._number == 0 and self._before:
                raise Death
            try:
                return call(*args)
            finally:
                if self._number == 0:
                    raise Death

        return deadly


def settings(smtp_server: SmtpServer) -> Settings:
    return Settings(mail_server=smtp_server.host, mail_port=smtp_server.port, mail_retry_s=0.05)


def run(ledger: Any, smtp_server: SmtpServer, *death: Any) -> dict[str, Any]:
    with Mailer(settings(smtp_server)) as mailer:
        if not death:
            return Delivery(ledger, mailer, settings(smtp_server)).run()
        dying: list[Any] = [Dying(part, *death) for part in (ledger, mailer)]
        return Delivery(*dying, settings(smtp_server)).run()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(
    ("step", "number"), [("take_over", 1), *((step, number) for step in STEPS for number in (1, 2, SIZE))]
)
def test_a_death_at_each_step_costs_no_more_than_the_one_in_flight(
    step: str, number: int, before: bool, mailings: Mailings, smtp_server: SmtpServer
) -> None:
    smtp_server.later[address(2)] = 1
    ledger = mailings.write_down(SIZE)
    with pytest.raises(Death):
        run(ledger, smtp_server, step, number, before)
    result = run(ledger, smtp_server)

    times = smtp_server.times_sent()
    assert all(count == 1 for count in times.values()), times
    outcomes = {recipient.email: claim.outcome for recipient, claim in ledger.outcomes() if claim}
    assert len(outcomes) == SIZE
    in_flight = (step, before) in {("begin", False), ("send", True), ("send", False), ("end", True)}
    assert result["not_known"] == in_flight
    assert {email for email, outcome in outcomes.items() if outcome == SENT} <= set(times)
    assert result["sent"] + result["not_known"] == SIZE


def test_a_run_frozen_between_claim_and_send_sends_once_and_the_other_does_not(
    mailings: Mailings, smtp_server: SmtpServer
) -> None:
    ledger = mailings.write_down(SIZE)

    class Frozen:
        """While this run is about to send its second mail, another run does all the rest."""

        def __init__(self, mailer: Mailer) -> None:
            self.connect, self.close, self._mailer, self._calls = mailer.connect, mailer.close, mailer, 0

        def send(self, mail: Any) -> None:
            self._calls += 1
            if self._calls == 2:
                assert run(ledger, smtp_server)["not_known"] == 1
            self._mailer.send(mail)

    with Mailer(settings(smtp_server)) as mailer, pytest.raises(Superseded):
        Delivery(ledger, Frozen(mailer), settings(smtp_server)).run()  # type: ignore[arg-type]
    assert smtp_server.times_sent() == {address(number): 1 for number in range(1, SIZE + 1)}
    # The run that was frozen knows how its mail ended, and may still say so.
    assert [claim.outcome for _, claim in ledger.outcomes() if claim] == [SENT] * SIZE


def test_a_row_that_cannot_be_filled_in_is_refused_alone(mailings: Mailings, smtp_server: SmtpServer) -> None:
    ledger = mailings.write_down(2)
    other = mailings.unknown()
    rows = ledger.recipients()
    rows[0].values["name"] = "a\r\nBcc: eve@evil.example"
    assert other.create("Hello {{ name }}", "x", ["email", "name"], rows)
    result = run(other, smtp_server)
    assert (result["sent"], result["refused"], result["not_known"]) == (1, 1, 0)
    assert list(smtp_server.times_sent()) == [address(2)]

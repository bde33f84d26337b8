"""A mailing by a real worker: everyone gets one mail, whatever the mail server says and whoever dies."""

from collections.abc import Callable

from tests.mailings import Mailings, address, by_outcome
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from worker.ledger import DEFERRED, NOT_KNOWN, REFUSED, SENT, Claim

StartWorker = Callable[..., Service]
NO_SUCH_USER = "550 5.1.1 No such user here"


def test_500_recipients_some_refused_for_good_and_some_for_now(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    refused, later, never = {address(n) for n in range(7, 500, 50)}, [address(n) for n in (3, 30, 300)], address(400)
    smtp_server.refused |= refused
    smtp_server.later.update({**dict.fromkeys(later, 2), never: 99})
    smtp_server.hang_up_on.add(address(250))
    mail_worker()
    ledger = mailings.write_down(500)
    mailings.queue(ledger)
    row = mailings.ended(ledger)

    assert row["state"] == "SUCCESS", row
    found = by_outcome(ledger)
    assert set(found[REFUSED]) == refused | {never}
    assert found[REFUSED][address(7)].reason == NO_SUCH_USER
    assert found[REFUSED][never].reason == "gave up after 4 tries: 450 4.2.1 Try again later"
    assert {found[SENT][email].tries for email in later} == {2}
    assert set(found[NOT_KNOWN]) == {address(250)}
    assert set(found[SENT]) == {address(n) for n in range(1, 501)} - refused - {never, address(250)}
    times = smtp_server.times_sent()
    assert set(times) == set(found[SENT]) | {address(250)}
    assert set(times.values()) == {1}
    examples = row["result"].pop("refused_examples")
    assert row["result"] == {"sent": 488, "refused": 11, "not_known": 1, "total": 500}
    assert examples[0] == {"line": 8, "email": address(7), "reason": NO_SUCH_USER}
    assert (row["current"], row["total"]) == (500, 500)
    assert 5 <= smtp_server.connections <= 12
    mail = smtp_server.sent_to(address(30))[0]
    assert (mail.subject, mail.text.splitlines()[0]) == ("Hello No. 30", "Dear No. 30,")


def test_a_connection_that_drops_again_and_again_is_renewed(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.drop_every = 10
    mail_worker()
    ledger = mailings.write_down(100)
    mailings.queue(ledger)
    assert mailings.ended(ledger)["state"] == "SUCCESS"
    found = by_outcome(ledger)
    assert set(found) <= {SENT, NOT_KNOWN}  # a drop while a mail is handed over leaves that one in doubt
    assert set(found[SENT]) <= set(smtp_server.times_sent())
    assert set(smtp_server.times_sent().values()) == {1}
    assert smtp_server.connections > 5


def test_a_worker_killed_in_the_middle_and_started_again_sends_to_nobody_twice(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.refused |= {address(20), address(480)}
    smtp_server.delay_s = 0.005
    worker = mail_worker("--concurrency=2")
    ledger = mailings.write_down(500)
    mailings.queue(ledger)
    for limit in (100, 300):
        wait_until(lambda limit=limit: len(smtp_server.mails) >= limit, 60, f"{limit} mails are there")
        worker.kill()
        assert len(smtp_server.mails) < 490, "void: the mailing was over before the kill"
        worker.start()
    row = mailings.ended(ledger, 90)

    assert row["state"] == "SUCCESS", row
    assert row["attempt"] == 3
    found = by_outcome(ledger)
    unsure = set(found.get(NOT_KNOWN, {}))
    assert len(unsure) <= 2
    assert set(found[REFUSED]) == {address(20), address(480)}
    assert set(found[SENT]) == {address(n) for n in range(1, 501)} - unsure - set(found[REFUSED])
    times = smtp_server.times_sent()
    assert set(found[SENT]) <= set(times) <= set(found[SENT]) | unsure
    assert set(times.values()) == {1}


def test_two_deliveries_at_once_send_to_nobody_twice(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.delay_s = 0.02
    worker = mail_worker("--concurrency=2")
    ledger = mailings.write_down(100)
    mailings.queue(ledger)
    wait_until(lambda: len(smtp_server.mails) > 10, 20, "the first has begun")
    mailings.queue(ledger)
    row = mailings.ended(ledger)

    assert (row["state"], row["attempt"]) == ("SUCCESS", 2), row
    assert row["result"]["sent"] + row["result"]["not_known"] == 100
    assert set(smtp_server.times_sent().values()) == {1}
    assert len(smtp_server.times_sent()) >= 99
    assert "Traceback" not in worker.log()  # the run that gave way did so without a word


def test_a_delivery_after_the_end_sends_nothing(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    mail_worker()
    ledger = mailings.write_down(5)
    mailings.queue(ledger)
    first = mailings.ended(ledger)
    mailings.queue(ledger)
    wait_until(lambda: mailings.row(ledger)["attempt"] == 2, 20, "it runs again")
    assert mailings.ended(ledger)["result"] == first["result"]
    assert len(smtp_server.mails) == 5


def test_who_was_put_off_when_the_worker_died_is_tried_again(
    mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    ledger = mailings.write_down(2)
    ledger.take_over("a run that died")
    assert ledger.begin(0, Claim("sending", "a run that died", 1))
    assert ledger.end(0, Claim(DEFERRED, "a run that died", 1, 1, "450 later"))
    mail_worker()
    mailings.queue(ledger)
    assert mailings.ended(ledger)["result"]["sent"] == 2
    assert smtp_server.times_sent() == {address(1): 1, address(2): 1}

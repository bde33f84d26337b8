"""The mail about a task's end by a real worker: at most one, and nothing in it that a task could smuggle in."""

from collections.abc import Callable

import pytest

from tests.mailings import Mailings
from tests.processes import Service, wait_until
from tests.smtp_server import SmtpServer
from tests.worker.told import sent, started, succeeded
from worker import mail_log, states, task_ended
from worker.config import Settings
from worker.logs.journal import Journal
from worker.mail import Mail, Mailer
from worker.stream import Log
from worker.tellings import Tellings, id_of

StartWorker = Callable[..., Service]
BROWSER, ADDRESS, URL = "a" * 32, "ada@example.com", "http://127.0.0.1:5000/tasks/t1"
TELLING = id_of("t1", BROWSER)
TASK = "mail.tell_of_end"


@pytest.fixture
def told(log: Log) -> Tellings:
    """Somebody asked to be told of t1's end, and it has ended."""
    tellings = Tellings(log.client)
    log.append_all([sent(), started()])
    assert tellings.ask("t1", BROWSER, ADDRESS, URL) == "asked"
    log.append(succeeded())
    return tellings


def test_a_mail_that_is_queued_twice_is_sent_once(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    rows = [mailings.send(TASK, [TELLING]) for _ in range(3)]
    mail_worker("--concurrency=3")
    results = sorted(row.ended()["result"] for row in rows)
    assert results == ["An earlier run has begun to send this mail, so this one does not"] * 2 + ["Told by e-mail"]
    assert len(smtp_server.mails) == 1


def test_a_run_that_died_after_its_claim_is_not_made_up_for(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    assert told.begin(TELLING, "a run that died")[0] == "claimed"
    mail_worker()
    assert "does not" in mailings.send(TASK, [TELLING]).ended()["result"]
    assert not smtp_server.mails


def test_one_that_was_taken_back_is_not_sent(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    told.take_back("t1", BROWSER)
    mail_worker()
    assert mailings.send(TASK, [TELLING]).ended()["result"].startswith("No mail")
    assert not smtp_server.mails


def test_what_is_refused_for_now_is_tried_again_and_sent_once(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.later[ADDRESS] = 2
    mail_worker()
    row = mailings.send(TASK, [TELLING]).ended()
    assert (row["state"], row["retries"], len(smtp_server.mails)) == ("SUCCESS", 2, 1)


def test_what_may_have_gone_out_is_not_sent_again_and_the_board_does_not_say_to_whom(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.hang_up_on.add(ADDRESS)
    mail_worker()
    first = mailings.send(TASK, [TELLING]).ended()
    assert (first["state"], first["error"].split(":")[0]) == ("FAILURE", "MailUnconfirmed")
    assert "does not" in mailings.send(TASK, [TELLING]).ended()["result"]
    assert len(smtp_server.mails) == 1
    assert ADDRESS not in str(mailings.client.hgetall("{pushboard}:task:" + first["task_id"]))


def test_a_worker_that_is_killed_while_it_sends_leads_to_no_second_mail(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    smtp_server.delay_s = 3
    worker = mail_worker()
    task = mailings.send(TASK, [TELLING])
    wait_until(lambda: smtp_server.connections, 20, "it is being sent")
    worker.kill()
    mail_worker()
    assert task.ended()["state"] == "LOST"
    assert "does not" in mailings.send(TASK, [TELLING]).ended()["result"]
    assert len(smtp_server.mails) <= 1


def test_what_a_task_says_of_itself_becomes_neither_a_header_nor_a_link_of_its_own(
    smtp_server: SmtpServer,
) -> None:
    evil = "x\r\nBcc: eve@example.com\r\n\r\n<script>\u202e{{ url }}\ud800"
    row = {"name": evil, "state": states.FAILURE, "summary": evil * 50, "started_at": 1.0, "ended_at": 3_726.0}
    mail = task_ended.mail({"email": ADDRESS, "url": URL}, row, TELLING)
    assert mail.subject == "Failed: x Bcc: eve@example.com <script> {{ url }}"
    assert mail.body.splitlines()[2].startswith("Failed after 1 h 2 min: x Bcc: eve@example.com <script> {{ url }} x")
    assert max(map(len, mail.body.splitlines())) < 400
    assert mail.body.count(URL) == 1
    _send(mail, smtp_server)
    [received] = smtp_server.mails
    assert (received.to, received.message["Bcc"], received.subject) == ([ADDRESS], None, mail.subject)


def _send(mail: Mail, server: SmtpServer) -> None:
    with Mailer(Settings(mail_server=server.host, mail_port=server.port)) as mailer:
        mailer.send(mail)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0 s"), (0.4, "0.4 s"), (41.2, "41 s"), (185, "3 min 5 s"), (7_500, "2 h 5 min")]
)
def test_how_long_it_took_in_words(seconds: float, words: str) -> None:
    assert task_ended.duration(seconds) == words


def test_a_lost_task_is_told_of_too() -> None:
    row = {"name": None, "state": states.LOST, "summary": None, "note": "step 3", "started_at": None, "ended_at": 2.0}
    mail = task_ended.mail({"email": ADDRESS, "url": URL}, row, TELLING)
    assert mail.subject == "Lost with its worker: A task"
    assert "Lost with its worker: step 3" in mail.body


def test_the_mail_is_in_the_story_of_the_task_that_it_tells_of_and_to_whom_is_not(
    told: Tellings, mailings: Mailings, mail_worker: StartWorker, smtp_server: SmtpServer
) -> None:
    mail_worker()
    mailings.send(TASK, [TELLING]).ended()
    assert len(smtp_server.mails) == 1, "void: there was no mail"
    journal = Journal(mailings.client)
    wait_until(lambda: journal.of_task("t1"), 10, "it is told in the story of t1")
    (line,) = [line for chunk in journal.of_task("t1") for line in chunk.lines]
    assert (line.logger, line.text, line.run) == (mail_log.NAME, "A mail has told of the end", "")

"""A person stops a task, by force if need be, and runs it again; everybody who looks at it sees what became of that."""

from collections.abc import Callable
from pathlib import Path

import celery
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service, wait_until
from tests.system import screen
from worker import events
from worker.store import Table
from worker.stream import Log

StartWorker = Callable[..., Service]
TASKS = "tests.trial_tasks,tests.stop_tasks"


@pytest.fixture
def worker(start_worker: StartWorker) -> Service:
    return start_worker("--concurrency=2", "-I", TASKS)


@pytest.fixture
def send(redis_url: str) -> Callable[..., str]:
    app = celery.Celery(broker=redis_url, backend=None)
    return lambda name, *args, **kwargs: str(app.send_task(name, args, kwargs).id)


def runs(table: Table, task_id: str) -> bool:
    return (table.row(task_id) or {}).get("state") == "PROGRESS"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def said(page: Page) -> Locator:
    return page.locator(".task-actions-said")


def test_a_task_is_stopped_on_one_page_and_every_other_page_sees_it(
    web: Service, worker: Service, table: Table, send: Callable[..., str], new_page: Callable[[], Page], tmp_path: Path
) -> None:
    task_id = send("trial.clean_up", str(tmp_path / "steps"), 0.05)
    wait_until(lambda: runs(table, task_id), 10, "it runs")
    page, other = new_page(), new_page()
    for one in (page, other):
        screen.open_page(one, f"{web.url}/tasks/{task_id}")
        expect(button(one, "Run again")).to_be_disabled()
    button(page, "Stop").click()
    for one in (page, other):
        expect(screen.state(one.locator("task-detail"))).to_have_text("Revoked")
        expect(one.locator(".task-detail-note")).to_contain_text("Stopped on request at")
        expect(said(one)).to_have_text("Stopped, by 127.0.0.1")
        expect(button(one, "Stop")).to_be_disabled()
        expect(button(one, "Stop by force")).to_be_hidden()
    assert (tmp_path / "steps").read_text().splitlines()[-1] == "cleaned up"


def test_a_task_that_does_not_listen_is_stopped_by_force_after_a_question(
    web: Service, worker: Service, table: Table, send: Callable[..., str], page: Page, tmp_path: Path
) -> None:
    task_id = send("trial.write_on", str(tmp_path / "written"), 60)
    wait_until(lambda: runs(table, task_id), 10, "it runs")
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    button(page, "Stop").click()
    expect(said(page)).to_contain_text("The worker knows")
    button(page, "Stop by force").click()
    button(page, "Let it run").click()
    assert runs(table, task_id), "void: it has ended by itself"
    button(page, "Stop by force").click()
    button(page, "End it now").click()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Revoked")
    expect(said(page)).to_have_text("Stopped by force, by 127.0.0.1")


def test_a_stop_that_no_worker_answers_says_so(
    web: Service, table: Table, log: Log, send: Callable[..., str], page: Page
) -> None:
    task_id = send("trial.tell", "hello")
    log.append(events.sent(task_id, "trial.tell", "celery"))
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    button(page, "Stop").click()
    expect(said(page)).to_contain_text("No worker has answered yet", timeout=8_000)


def test_a_task_is_run_again_as_it_was_and_with_other_arguments(
    web: Service, worker: Service, table: Table, send: Callable[..., str], page: Page
) -> None:
    task_id = send("trial.tell", note="hello")
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "SUCCESS", 10, "it has ended")
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    button(page, "Run again").click()
    page.get_by_role("link", name="Open the new one").click()
    expect(screen.state(page.locator("task-detail"))).to_have_text("Succeeded")
    expect(page.locator(".result-card-value")).to_have_text("hello")
    assert page.get_by_role("link", name="This is a rerun").get_attribute("href") == f"/tasks/{task_id}"

    button(page, "Edit and run again").click()
    box = page.get_by_role("textbox", name="Run trial.tell with")
    expect(box).to_be_focused()
    box.fill('{"args": [], "kwargs": {"note": "good')
    button(page, "Run with these").click()
    expect(said(page)).to_contain_text("no JSON")
    box.fill('{"args": [], "kwargs": {"note": "good bye"}}')
    button(page, "Run with these").click()
    page.get_by_role("link", name="Open the new one").click()
    expect(page.locator(".result-card-value")).to_have_text("good bye")


def test_a_task_with_a_secret_shows_no_secret_and_says_why_it_is_not_run_again(
    web: Service, worker: Service, table: Table, send: Callable[..., str], page: Page
) -> None:
    task_id = send("trial.tell", "hello", password="hunter2-hunter2")
    wait_until(lambda: (table.row(task_id) or {}).get("state") == "FAILURE", 10, "it has ended")
    screen.open_page(page, f"{web.url}/tasks/{task_id}")
    expect(page.locator(".task-detail-kwargs")).to_have_text("{'password': '••••••'}")
    expect(button(page, "Run again")).to_be_disabled()
    expect(page.locator(".task-actions-why")).to_contain_text("look secret")
    assert "hunter2" not in page.content()
    assert "hunter2" not in str(table.row(task_id))

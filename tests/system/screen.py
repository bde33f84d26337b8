"""What a person sees on the board and on a task's page, and whether it is the truth."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from celery import Celery
from playwright.sync_api import Locator, Page, expect

from tests.processes import Service, wait_until
from worker.store import Table

LIVE = "Live"
OWN_SOCKET = "delete window.SharedWorker; Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})"
"""For a page whose own network is looked at: what a shared worker asks for, no page's recording sees."""
WORDS = {"SUCCESS": "Succeeded", "FAILURE": "Failed", "RETRY": "Retrying", "PROGRESS": "Running", "LOST": "Lost"}
END_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class View:
    """What stood on the page from the time `at` on; `tasks` by id: state, percent, note, bar."""

    at: float
    standing: str
    tasks: dict[str, dict[str, str]]


def open_page(page: Page, url: str) -> Page:
    """Go there and wait until the page is live; it is marked, so that a reload would be noticed."""
    page.goto(url)
    expect(standing(page)).to_have_text(LIVE)
    page.evaluate("window.neverReloaded = true")
    return page


def was_never_reloaded(page: Page) -> bool:
    return bool(page.evaluate("window.neverReloaded === true"))


def standing(page: Page) -> Locator:
    """The word in the header: Live, Reconnecting…, Offline since 14:03."""
    return page.locator(".connection-status-word")


def row(page: Page, task_id: str) -> Locator:
    """A task's row on the board."""
    return page.locator("task-row:not([hidden])", has=page.locator(f'a[href="/tasks/{task_id}"]'))


def state(where: Locator) -> Locator:
    """The state as icon and word, of a row or of a task's page."""
    return where.locator("state-pill")


def seen(page: Page) -> list[View]:
    """All that stood on this page so far, in order."""
    views = page.evaluate("window.seen")
    return [View(one["at"], one["standing"], {task["id"]: task for task in one["tasks"]}) for one in views]


def seen_of(page: Page, task_id: str, what: str) -> list[str]:
    """The values of one task's `state`, `percent`, `note` or `bar` as they followed each other, without repetitions."""
    values = [view.tasks[task_id][what] for view in seen(page) if task_id in view.tasks]
    return [value for place, value in enumerate(values) if value and (place == 0 or value != values[place - 1])]


def standings(page: Page, since: float = 0.0, until: float = float("inf")) -> set[str]:
    """How the page stood in this time, also what stood there already when it began."""
    views = seen(page)
    before = [view.standing for view in views if view.at < since][-1:]
    return {*before, *(view.standing for view in views if since <= view.at < until)}


def start_long_task(web: Service, step_s: float = 0.1) -> str:
    """The tutorial's long task, with shorter steps than the button's."""
    body = json.dumps({"step_s": step_s}).encode()
    request = urllib.request.Request(f"{web.url}/longtask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(json.load(answer)["task_id"])


def send_task(redis_url: str, name: str, **kwargs: Any) -> str:
    """Send a task as any program with a Celery client does."""
    with Celery(broker=redis_url, set_as_current=False) as client:
        return str(client.send_task(name, kwargs=kwargs, ignore_result=True).id)


def wait_for_end(table: Table, *task_ids: str) -> None:
    """Wait until these tasks have ended, whatever the pages say."""
    for task_id in task_ids:
        wait_until(lambda it=task_id: _has_ended(table, it), END_TIMEOUT_S, f"{task_id} ends")  # type: ignore[misc]


def _has_ended(table: Table, task_id: str) -> bool:
    found = table.row(task_id)
    return found is not None and found["ended_at"] is not None


def assert_board_is_exact(page: Page, table: Table, *task_ids: str) -> None:
    """The page says of each task what the table says, and all in all the same as a page that is opened now."""
    for task_id in task_ids:
        truth = table.row(task_id)
        assert truth, f"the table has no {task_id}"
        shown = row(page, task_id)
        expect(state(shown)).to_have_text(WORDS[truth["state"]])
        expect(shown.locator(".task-row-note")).to_have_text(truth["summary"] or truth["note"] or "")
    _assert_same_as_fresh(page, "task-board")


def assert_task_page_is_exact(page: Page, table: Table, task_id: str) -> None:
    """The task's own page says what the table says, and what a page says that is opened now."""
    truth = table.row(task_id)
    assert truth, f"the table has no {task_id}"
    detail = page.locator("task-detail")
    expect(state(detail)).to_have_text(WORDS[truth["state"]])
    if truth["error"]:
        expect(detail.locator(".task-detail-error")).to_have_text(truth["error"])
    _assert_same_as_fresh(page, "task-detail")


def _assert_same_as_fresh(page: Page, selector: str) -> None:
    expect(standing(page)).to_have_text(LIVE)
    fresh = page.context.new_page()
    try:
        open_page(fresh, page.url)
        wait_until(lambda: _text(page, selector) == _text(fresh, selector), 5, "both show the same")
    except AssertionError:
        assert _text(page, selector) == _text(fresh, selector)
        raise
    finally:
        fresh.close()


def _text(page: Page, selector: str) -> str:
    """All that is visible there, rows in their order; without what only a screen reader is told."""
    return str(page.locator(selector).evaluate(VISIBLE_TEXT))


VISIBLE_TEXT = """root => {
    const rows = [...root.querySelectorAll("task-row:not([hidden])")].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex);
    const rest = [...root.querySelectorAll(":scope > :not(task-list, .visually-hidden)")];
    // A story is as long as it is, however much of it is in view and however wide that is.
    const told = story => story.querySelector("story-view").story.moments.map(({at, words}) => `${at} ${words}`);
    const text = element => element.localName === "task-story" ? told(element).join("\\n") : element.innerText;
    return [...rows, ...rest].map(text).join("\\n");
}"""

"""On a phone a row of the list has its name, its state and what it does, each in its own place."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.processes import Service
from tests.worker.told import progressed, sent, started
from worker.stream import Log


def _box(part: Locator) -> tuple[float, float, float, float]:
    box = part.bounding_box()
    assert box, f"{part} is not to be seen"
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def test_the_parts_of_a_row_are_all_there_and_none_covers_another(
    web: Service, log: Log, new_context: Callable[..., BrowserContext], new_page: Callable[..., Page]
) -> None:
    for event in (sent(), started(), progressed(3)):
        log.append(event)
    page = new_page(new_context(viewport={"width": 390, "height": 844}))
    page.goto(web.url)
    row = page.locator("task-row")
    expect(row.locator("state-pill")).to_have_text("Running")
    left, top, right, bottom = _box(row)
    cells = [_box(row.locator(cell)) for cell in (".task-row-task", ".task-row-state", ".task-row-progress")]
    assert all(left <= a and top <= b and c <= right and d <= bottom for a, b, c, d in cells)
    (_, _, name_end, name_low), (state_start, _, state_end, _), (_, bar_top, *_) = cells
    assert name_end <= state_start and name_low <= bar_top
    pill_start, _, pill_end, _ = _box(row.locator("state-pill"))
    assert state_start <= pill_start and pill_end <= state_end, "the state is cut off"


def test_in_a_queue_where_nothing_waits_no_label_stands_without_its_value(
    web: Service, worker: Service, new_context: Callable[..., BrowserContext], new_page: Callable[..., Page]
) -> None:
    page = new_page(new_context(viewport={"width": 390, "height": 844}))
    page.goto(f"{web.url}/workers")
    row = page.locator("queue-row")
    expect(row.locator(".queue-row-waiting")).to_have_text("0")
    expect(row.get_by_text("In per minute")).to_be_visible()
    expect(row.get_by_text("Next has waited")).to_be_hidden()

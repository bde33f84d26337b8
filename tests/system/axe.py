"""What axe, a checker of pages, finds on a page as it looks now: in light, in dark, and on a narrow screen."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""Of axe's rules those that another theme can break."""

EMPTY_LIST = "Expecting ARIA child"
"""What axe leaves to people to judge: a list has no items yet. That it is empty is said beside it."""

BELOW_A_DIALOG = "partially overlaps other elements"
"""Another such: axe does not know that an open dialog is above all that it lies on."""

NARROW_PX = 320

SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""After another width, the rows have found their places."""

RUN = """options => axe.run(document, options).then(({violations, incomplete}) =>
    [...violations, ...incomplete].flatMap(rule => rule.nodes.map(node => ({
        rule: rule.id, html: node.html, why: [...node.any, ...node.all, ...node.none],
        inDialog: document.querySelector(node.target[0])?.closest("dialog[open]") != null}))))"""


def found(page: Page, wide_only: bool = False) -> list[str]:
    """A line for each thing that axe objects to or has doubts about; empty if there is none.

    wide_only: of what a narrow screen does not have.
    """
    page.bring_to_front()  # a tab behind others paints once a second
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # past the page's Content-Security-Policy, which stays as it is
    return [line for look in (_light, _dark, *([] if wide_only else [_narrow])) for line in look(page)]


def _light(page: Page) -> Iterator[str]:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 800})
    yield from _objections(page, "light", {"type": "tag", "values": TAGS})


def _dark(page: Page) -> Iterator[str]:
    page.emulate_media(color_scheme="dark")
    yield from _objections(page, "dark", {"type": "rule", "values": COLOURS})
    page.emulate_media(color_scheme="light")


def _narrow(page: Page) -> Iterator[str]:
    page.set_viewport_size({"width": NARROW_PX, "height": 640})
    yield from _objections(page, f"{NARROW_PX} px", {"type": "tag", "values": TAGS})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW_PX:
        yield f"{NARROW_PX} px: the page scrolls aside, it is {width} px wide"


def _objections(page: Page, look: str, run_only: dict[str, Any]) -> Iterator[str]:
    page.evaluate(SETTLED)
    options = {"runOnly": run_only, "resultTypes": ["violations", "incomplete"]}
    for one in page.evaluate(RUN, options):
        why = [reason["message"] for reason in one["why"] if not _is_fine(reason, one["inDialog"])]
        if why or not one["why"]:
            yield f"{look}: {one['rule']}: {one['html']}: {'; '.join(why)}"


def _is_fine(reason: dict[str, Any], in_dialog: bool) -> bool:
    """One of the exceptions, or a text that axe finds too short to judge, and that has enough contrast all the same."""
    data, message = reason["data"], str(reason["message"])
    if isinstance(data, dict) and data.get("messageKey") == "shortTextContent":
        return float(data["contrastRatio"]) >= float(data["expectedContrastRatio"].partition(":")[0])
    return message.startswith(EMPTY_LIST) or (in_dialog and message.endswith(BELOW_A_DIALOG))

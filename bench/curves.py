"""`python -m bench.curves`: draws the curves in results.json as pictures for the docs."""

import json
import math
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

RESULTS = Path(__file__).with_name("results.json")
MEASURED = Path(__file__).with_name("out") / "curves.json"
"""Where a bench puts what it has measured until the results are written: `{name: [[x, y], …]}`."""

IMAGES = Path(__file__).parents[1] / "docs" / "images"

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 48, 56
STEPS = 5

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #3d4450 }
.title { font-size: 16px; font-weight: 600 }
.grid { stroke: #d9dde3 }
.curve { fill: none; stroke: #2f6fde; stroke-width: 2.5 }
.point { fill: #2f6fde }
@media (prefers-color-scheme: dark) {
  text { fill: #c6ccd6 } .grid { stroke: #3a414c } .curve { stroke: #7aa7ff } .point { fill: #7aa7ff }
}
"""

Points = Sequence[tuple[float, float]]


class Picture(NamedTuple):
    """What is said around a curve. name: of the curve, and the picture's file."""

    name: str
    title: str
    below: str


PICTURES = (
    Picture("watchers", "Cores of the web, 100 tasks with 100 reports a second each", "watchers of the board"),
    Picture("reports", "Cores of the web, 100 tasks and 100 watchers", "reports a second"),
)


def main() -> None:
    """Draw both."""
    curves = json.loads(RESULTS.read_text())["curves"]
    for picture in PICTURES:
        (IMAGES / f"growth-{picture.name}.svg").write_text(drawn(picture, curves[picture.name]))


def drawn(picture: Picture, points: Points) -> str:
    """The curve, from nothing on both axes."""
    wide, high = (round_up(max(values)) for values in zip(*points, strict=True))
    places = [_place(x / wide, y / high) for x, y in points]
    curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(picture.title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">{escape(picture.title)}</text>',
        *_grid(wide, high),
        f'<polyline class="curve" points="{curve}"/>',
        *(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places),
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{escape(picture.below)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def round_up(value: float) -> float:
    """To 1, 2, 2.5 or 5 times a power of ten, so that the lines of the grid have short numbers."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 2, 2.5, 5, 10) if value <= step * unit)


def _place(right: float, up: float) -> tuple[float, float]:
    """Of a share of both axes, in the picture."""
    return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _grid(wide: float, high: float) -> Iterator[str]:
    for step in range(STEPS + 1):
        share = step / STEPS
        x, y = _place(share, share)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * high:.3g}</text>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{_number(share * wide)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}"


if __name__ == "__main__":
    main()

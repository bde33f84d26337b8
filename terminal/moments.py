"""Points in time as people type them."""

import time
from datetime import date, datetime

import click

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
YEAR_10000 = 253_402_300_800


class Moment(click.ParamType[float]):
    """`90s`, `10m`, `2h`, `1d` ago; `14:05` of today; `2026-11-23 14:05`. In seconds since 1970."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Fails with a sentence that says what can be used."""
        text = str(value).strip()
        try:
            moment = _moment(text)
            if not 0 <= moment < YEAR_10000:
                raise ValueError
            return moment
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no moment: say 10m (ago), 14:05 or '2026-11-23 14:05'.", param, ctx)


def _moment(text: str) -> float:
    if text[-1:] in SECONDS:
        return time.time() - float(text[:-1]) * SECONDS[text[-1]]
    return (_of_today(text) if len(text) <= len("14:05:00") else datetime.fromisoformat(text)).timestamp()


def _of_today(text: str) -> datetime:
    hour, minute, second = (*map(int, text.split(":")), 0)[:3]
    return datetime.combine(date.today(), datetime.min.time().replace(hour, minute, second))

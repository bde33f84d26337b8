"""Tasks with parameters of every kind, for forms: `start_worker("-I", "tests.form_tasks")`."""

import datetime
import enum
from typing import Any, Literal, TypedDict

from pydantic import BaseModel, Field

from worker.celery_app import celery_app


class Size(enum.Enum):
    """A choice."""

    SMALL = "s"
    LARGE = "l"


class Item(BaseModel):
    """What is ordered."""

    sku: str = Field(min_length=2)
    price: float = Field(ge=0, description="Of one, in euros")


class Order(BaseModel):
    """A model of pydantic's."""

    number: int = Field(description="As printed on the invoice")
    items: list[Item] = []
    size: Size = Size.SMALL
    due: datetime.date


class Address(TypedDict):
    """A dict whose keys are known."""

    street: str
    city: str


@celery_app.task(bind=True, name="forms.every_kind")  # type: ignore[untyped-decorator]  # Celery is not typed
def every_kind(  # type: ignore[no-untyped-def]  # one parameter has no type
    self: Any,
    text: str,
    count: int = 3,
    ratio: float = 0.5,
    loud: bool = False,
    mode: Literal["fast", "slow", 1] = "fast",
    size: Size = Size.SMALL,
    day: datetime.date | None = None,
    tags: list[str] | None = None,
    anything=None,
) -> dict[str, Any]:
    """Says what it was given.

    Each parameter has a type of its own.
    """
    given = {"text": text, "count": count, "ratio": ratio, "loud": loud, "mode": mode, "size": size}
    return given | {"day": repr(day), "tags": tags, "anything": anything, "headers": self.request.headers}


@celery_app.task(name="forms.any_arguments")  # type: ignore[untyped-decorator]  # Celery is not typed
def any_arguments(first: int, /, second: int = 2, *rest: int, flag: bool, **options: Any) -> list[Any]:
    """Takes arguments in all the ways there are."""
    return [first, second, rest, flag, options]


@celery_app.task(name="forms.order", pydantic=True, queue="orders")  # type: ignore[untyped-decorator]  # Celery is not typed
def order(order: Order, address: Address) -> str:
    """Takes a model."""
    return f"{type(order).__name__} {order.number} due {order.due!r} to {address['city']}"


@celery_app.task(name="forms.log_in")  # type: ignore[untyped-decorator]  # Celery is not typed
def log_in(password: str, tries: int = 1) -> int:
    """Takes a secret."""
    return len(password) * tries


@celery_app.task(name="forms.silent")
def silent(what):  # type: ignore[no-untyped-def]
    return what


@celery_app.task(name="forms.long_default")  # type: ignore[untyped-decorator]  # Celery is not typed
def long_default(text: str = "x" * 100_000) -> int:
    """Has a default that nobody would want to see."""
    return len(text)


@celery_app.task(name="forms.marked")  # type: ignore[untyped-decorator]  # Celery is not typed
def marked(text: str) -> str:
    """Repeats `text` and ``<b>``, no <i>."""
    return text

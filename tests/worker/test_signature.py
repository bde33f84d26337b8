"""What is said of a task's parameters, also of those that are hard to say anything of."""

import datetime
import decimal
import enum
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NewType, NotRequired, Optional, TypedDict, Union

import pytest
from celery import Celery, Task
from pydantic import BaseModel, Field

from worker.shapes import default, shape
from worker.signature import MOST_PARAMETERS, describe

UserId = NewType("UserId", int)


class Colour(enum.IntEnum):
    """A choice of numbers."""

    RED = 1
    BLUE = 2


class Odd(enum.Enum):
    """A choice that JSON cannot say."""

    ONE = object()


class Tree(BaseModel):
    """A model within itself."""

    name: Annotated[str, Field(max_length=9)]
    children: "list[Tree]" = []
    weight: float | None = Field(default=None, gt=0)


class Unsayable(BaseModel):
    """A model without a JSON Schema."""

    call: Callable[[], None]


class Place(TypedDict):
    """A dict whose keys are known."""

    street: str
    floor: NotRequired[int]


SHAPES: list[tuple[Any, dict[str, Any]]] = [
    (int, {"type": "integer"}),
    (bool, {"type": "boolean"}),
    (decimal.Decimal, {"type": "string", "format": "decimal"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (int | None, {"type": "integer", "nullable": True}),
    (Optional[str], {"type": "string", "nullable": True}),  # noqa: UP045  # both ways of writing it are meant
    (Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),  # noqa: UP007  # as above
    (int | Any, {}),
    (None, {"enum": [None]}),
    (UserId, {"type": "integer"}),
    (Annotated[int, "of all"], {"type": "integer"}),
    (Literal["a", 1, None], {"enum": ["a", 1, None]}),
    (Colour, {"enum": [1, 2]}),
    (Odd, {}),
    (list[int], {"type": "array", "items": {"type": "integer"}}),
    (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
    (tuple[int, str], {"type": "array"}),
    (Sequence[Literal["a"]], {"type": "array", "items": {"enum": ["a"]}}),
    (typing.List, {"type": "array"}),  # noqa: UP006  # as above
    (Mapping[str, int], {"type": "object"}),
    (
        Place,
        {
            "type": "object",
            "properties": {"street": {"type": "string"}, "floor": {"type": "integer"}},
            "required": ["street"],
        },
    ),
    (Unsayable, {"type": "object"}),
    (object, {}),
    (Callable[[], None], {}),
    (typing.TypeVar("T"), {}),
    ("not resolved", {}),
    (bytes, {}),
]


@pytest.mark.parametrize(("annotation", "told"), SHAPES, ids=lambda value: f"{value!r:.40}")
def test_a_type_has_a_shape(annotation: Any, told: dict[str, Any]) -> None:
    assert shape(annotation) == told


def test_a_model_within_itself_comes_to_an_end() -> None:
    told = shape(Tree)
    assert told["properties"]["name"] == {"type": "string", "title": "Name", "maxLength": 9}
    weight = told["properties"]["weight"]
    assert (weight["type"], weight["nullable"], weight["exclusiveMinimum"]) == ("number", True, 0)
    depth = 0
    while told:
        told = told.get("properties", {}).get("children", {}).get("items", {})
        depth += 1
    assert 1 < depth < 10


@pytest.mark.parametrize("odd", [object(), float("nan"), [float("inf")], {1: object()}, "x" * 10_000, b"", {1, 2}])
def test_a_default_that_json_cannot_say_is_not_said(odd: object) -> None:
    with pytest.raises(ValueError):
        default(odd)


@pytest.fixture
def app() -> Celery:
    return Celery(set_as_current=False)


def test_parameters_are_told_as_far_as_they_can_be(app: Celery) -> None:
    @app.task(bind=True, autoretry_for=(ValueError,))  # type: ignore[untyped-decorator]
    def odd(
        self: Any,
        gone: "Nowhere",  # type: ignore[name-defined]  # noqa: F821  # that is what is tested
        lazy: int = None,  # type: ignore[assignment]  # noqa: RUF013  # as above
        /,
        *,
        there: "int | None",
        when: Any = datetime.date(2026, 1, 2),
    ) -> None:
        """Has a type that is not there."""

    told = {one["name"]: one for one in describe(odd)["parameters"]}
    assert list(told) == ["gone", "lazy", "there", "when"]
    assert (told["gone"]["shape"], told["gone"]["required"]) == ({}, True)
    assert told["lazy"]["shape"] == {"type": "integer", "nullable": True}
    assert told["there"]["shape"] == {"type": "integer", "nullable": True}
    assert told["when"]["default"] == "2026-01-02"


class Account(BaseModel):
    """A model with a secret."""

    name: str = "ada"
    api_key: str = "sesame"


def test_what_looks_secret_is_typed_unseen_and_its_default_is_not_told(app: Celery) -> None:
    @app.task  # type: ignore[untyped-decorator]
    def log_in(user: str = "ada", password: str = "sesame", login: Any = {"token": "sesame"}, *, to: Account) -> None:  # noqa: B006  # what is tested
        pass

    described = describe(log_in)
    assert "sesame" not in str(described)
    told = {one["name"]: one for one in described["parameters"]}
    assert told["password"]["shape"] == {"type": "string", "format": "password"}
    assert told["to"]["shape"]["properties"]["api_key"]["format"] == "password"
    assert told["user"]["default"] == told["to"]["shape"]["properties"]["name"]["default"] == "ada"


def test_a_task_that_is_a_class_has_its_own_docstring_or_none(app: Celery) -> None:
    class Told(Task):  # type: ignore[misc]  # Celery is not typed
        """Its own."""

        name = "told"

        def run(self, count: int) -> None:
            """Not this one."""

    class Untold(Task):  # type: ignore[misc]  # as above
        name = "untold"

        def run(self, *args: Any) -> None:
            pass

    app.register_task(Told())
    app.register_task(Untold())
    assert describe(app.tasks["told"])["doc"] == "Its own."
    assert [one["name"] for one in describe(app.tasks["told"])["parameters"]] == ["count"]
    assert describe(app.tasks["untold"])["doc"] == ""


def test_a_task_that_does_not_say_what_it_takes_takes_anything(app: Celery) -> None:
    class Closed(Task):  # type: ignore[misc]  # as above
        name = "closed"
        run: Any = staticmethod(dict)

    app.register_task(Closed())
    assert [one["kind"] for one in describe(app.tasks["closed"])["parameters"]] == ["var_positional", "var_keyword"]


def test_the_number_of_parameters_is_bounded(app: Celery) -> None:
    names = [f"p{number}" for number in range(MOST_PARAMETERS + 20)]
    namespace: dict[str, Any] = {}
    exec(f"def many({', '.join(f'{name}=0' for name in names)}): pass", namespace)
    assert len(describe(app.task(namespace["many"]))["parameters"]) == MOST_PARAMETERS

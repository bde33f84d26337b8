"""The list's queries: by index, in bounded looks, page after page."""

import random
from functools import partial

import pytest
import redis

from tests.worker.told import sent, started, succeeded
from worker import events, keys, query
from worker.query import Query
from worker.store import Page, Table
from worker.stream import Limits, Log


def _ids(page: Page) -> list[str]:
    return [row["task_id"] for row in page.rows]


def _all_pages(table: Table, **asked: object) -> list[str]:
    """The ids of every page, one after the other."""
    ids, after = [], ""
    while True:
        page = table.query(Query(**asked, after=after))  # type: ignore[arg-type]
        ids += _ids(page)
        if not page.next:
            return ids
        after = page.next


@pytest.fixture
def many(log: Log) -> None:
    """30 tasks of three names on two queues, some begun, some done."""
    for number in range(30):
        log.append(
            events.sent(f"t{number:02}", f"shop.job{number % 3}", f"q{number % 2}", kwargs=f"{{'order': {number}}}")
        )
        if number % 5 == 0:
            log.append(started(f"t{number:02}"))
        if number % 10 == 0:
            log.append(succeeded(f"t{number:02}"))


@pytest.mark.usefixtures("many")
def test_a_filter_is_answered_from_its_index_with_an_exact_total(table: Table) -> None:
    assert table.query(Query()).total == 30
    page = table.query(Query({"name": "shop.job1"}))
    assert (_ids(page), page.total) == ([f"t{number:02}" for number in range(28, 0, -3)], 10)
    assert _ids(table.query(Query({"group": "succeeded"}))) == ["t20", "t10", "t00"]
    assert _ids(table.query(Query({"group": "running"}))) == ["t25", "t15", "t05"]


@pytest.mark.usefixtures("many")
def test_filters_together_mean_all_of_them(table: Table) -> None:
    page = table.query(Query({"name": "shop.job1", "queue": "q1", "group": "queued"}))
    assert _ids(page) == ["t19", "t13", "t07", "t01"]
    assert (page.total, page.place) == (None, None)


@pytest.mark.usefixtures("many")
def test_a_text_is_found_in_name_id_arguments_and_note(log: Log, table: Table) -> None:
    log.append(events.progressed("t05", "r1", 1, "PROGRESS", {"note": "Packing the BLUE one"}))
    assert _ids(table.query(Query(text="blue one"))) == ["t05"]
    assert _ids(table.query(Query(text="T17"))) == ["t17"]
    assert _ids(table.query(Query(text="'order': 7}"))) == ["t07"]
    assert len(_all_pages(table, text="JOB2")) == 10
    assert _ids(table.query(Query(text="100%.*"))) == [], "a text is no pattern"


def test_a_text_is_found_as_it_was_written(log: Log, table: Table) -> None:
    log.append(events.sent("t1", "shop.job", "q", args='("ÄPFEL", "a\\b")'))
    for text in ("ÄPFEL", '"', "a\\b"):
        assert _ids(table.query(Query(text=text))) == ["t1"], text


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_follow_each_other_without_a_gap_and_without_a_row_twice(table: Table, oldest_first: bool) -> None:
    expected = sorted((f"t{number:02}" for number in range(30)), reverse=not oldest_first)
    assert _all_pages(table, most=7, oldest_first=oldest_first) == expected


@pytest.mark.usefixtures("many")
def test_times_bound_the_list(table: Table) -> None:
    rows = table.query(Query(oldest_first=True)).rows
    since, until = rows[10]["sent_at"], rows[12]["sent_at"]
    page = table.query(Query(since=since, until=until))
    assert (_ids(page), page.total, page.place) == (["t12", "t11", "t10"], 3, 0)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("filters", [{}, {"name": "shop.job1"}, {"group": "queued"}], ids=str)
def test_a_list_can_be_begun_at_any_place(table: Table, filters: dict[str, str], oldest_first: bool) -> None:
    rows = table.query(Query(oldest_first=True)).rows
    for since, until in ((None, None), (rows[3]["sent_at"], rows[21]["sent_at"])):
        asked = partial(Query, filters, since=since, until=until, oldest_first=oldest_first)
        everything = table.query(asked()).rows
        assert len(everything) > 4, "void: there is nothing to skip"
        for place in range(len(everything)):
            page = table.query(asked(skip=place, most=3))
            assert (page.rows, page.place, page.total) == (everything[place : place + 3], place, len(everything))
            following = table.query(asked(after=everything[place]["heard"], most=3))
            assert (following.rows, following.place) == (everything[place + 1 : place + 4], place + 1)
        beyond = table.query(asked(skip=len(everything) + 5))
        assert (beyond.rows, beyond.place) == ([], len(everything))


def test_a_row_keeps_the_place_of_its_first_event(log: Log, table: Table, redis_client: redis.Redis) -> None:
    for task_id in ("t1", "t2", "t1"):
        log.append(started(task_id, run=f"r{redis_client.incr('runs')}"))
    row = table.row("t1")
    assert row and row["heard"] < table.query(Query()).rows[0]["heard"] < row["offset"]
    redis_client.delete(keys.row("t1"))  # as Redis does where memory is short
    log.append(started("t1", run="r9"))
    again = table.row("t1")
    assert again and again["heard"] == row["heard"]


@pytest.mark.usefixtures("many")
def test_one_query_looks_at_a_bounded_number_of_rows(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "MOST_LOOKED_AT", 4)
    page = table.query(Query(text="'order': 3}"))
    assert (_ids(page), bool(page.next)) == ([], True)
    assert _all_pages(table, text="'order': 3}") == ["t03"]


def test_indexes_follow_every_move_and_every_row_that_goes(redis_client: redis.Redis, table: Table) -> None:
    log = Log(redis_client, Limits(tasks=20))
    chance = random.Random(4)
    for _ in range(600):
        task_id = f"t{chance.randrange(60)}"
        log.append(chance.choice([sent, started, succeeded])(task_id))
    for kind in query.KINDS:
        facets = table.facets(kind)
        assert sum(facets.values()) <= 20
        for value, number in facets.items():
            found = table.query(Query({kind: value}))
            assert found.total == len(found.rows) == number
    kept = {key for key in redis_client.scan_iter(keys.BY + "*:*") if not key.startswith(keys.BY + "waiting:")}
    assert len(kept) == sum(len(table.facets(kind)) for kind in query.KINDS), "no index is left of what has gone"

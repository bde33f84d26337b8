"""How rows lie in Redis: small, and as versions before wrote them."""

import json
from collections.abc import Iterator

import pytest
import redis

from tests.worker.told import progressed, sent, started, succeeded
from worker import keys, query
from worker.query import Query
from worker.steps import KINDS, STEPS
from worker.store import Table
from worker.stream import SCRIPTS, Limits, Log

LIFE = (sent(), started(), progressed(1), progressed(3), progressed(9), succeeded())


@pytest.fixture
def plain_redis(redis_client: redis.Redis) -> Iterator[redis.Redis]:
    """With the settings that Redis comes with, of what is kept in one piece."""
    ours = redis_client.config_get("hash-max-listpack-*")
    for name, value in {"hash-max-listpack-entries": 128, "hash-max-listpack-value": 64}.items():
        redis_client.config_set(name, value)
    yield redis_client
    for name, value in ours.items():  # type: ignore[union-attr]  # not asynchronous
        redis_client.config_set(name, value)


def test_the_script_knows_each_kind_of_step_by_its_place() -> None:
    script = (SCRIPTS / "append.lua").read_text()
    codes = script.split("CODES = {")[1].split("}")[0].replace("['", "").replace("']", "")
    assert [tuple(code.split(" = ")) for code in codes.replace("\n", "").replace("    ", " ").split(", ")] == [
        (kind, str(code)) for code, kind in enumerate(KINDS)
    ]


def test_an_ordinary_row_is_one_piece_on_a_redis_as_it_comes(log: Log, plain_redis: redis.Redis) -> None:
    plain_redis.hset("void", "long", "x" * 65)
    assert plain_redis.object("encoding", "void") == "hashtable", "void: this Redis keeps long values in one piece"
    for event in LIFE:
        log.append(event)
    assert plain_redis.object("encoding", keys.row("t1")) == "listpack"


def test_what_a_version_before_wrote_is_read_found_and_goes(log: Log, table: Table, redis_client: redis.Redis) -> None:
    for event in LIFE:
        log.append(event)
    row, board = table.row("t1"), table.board().rows
    _write_as_before(redis_client)
    assert table.row("t1") == row
    assert table.board().rows == board == table.query(Query()).rows == table.query(Query({"worker": "w1"})).rows
    log.append(started(run="r2"))
    assert (
        table.query(Query({"group": "running"})).rows == table.query(Query({"worker": "w1"})).rows == table.board().rows
    )
    assert not table.query(Query({"group": "succeeded"})).rows
    Log(redis_client, Limits(tasks=1)).append(sent("t2"))
    assert table.row("t1") is None
    of_t2 = [f'{keys.BY}{kind}:"{value}"' for kind in query.KINDS for value in table.facets(kind)]
    assert {*redis_client.scan_iter(keys.BY + "*:*")} - {keys.WAITING + '"celery"'} == {*of_t2}


def _write_as_before(client: redis.Redis) -> None:
    """The row with its id, its steps with names and times, and the indexes with ids."""
    key, heard = keys.row("t1"), client.zscore(keys.SENT, "t1")
    assert isinstance(heard, float) and client.hget(key, "step1"), "void: there is no such row"
    client.hset(key, "task_id", '"t1"')
    for name in STEPS:
        if kept := client.hget(key, name):
            n, kind, after_us, *rest = json.loads(str(kept))
            client.hset(key, name, json.dumps([n, KINDS[kind], (int(heard) + after_us) / 1e6, *rest]))
    for kind in query.KINDS:
        index = f"{keys.BY}{kind}:{client.hget(key, kind)}"
        if client.zrem(index, f"{heard:.0f}"):
            client.zadd(index, {"t1": heard})

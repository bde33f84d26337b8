"""What a Redis must be able to do and to keep, and a sentence for each thing that one lacks."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import redis

OLDEST = (7, 0)
KEEPS_ALL = "noeviction"

logger = logging.getLogger(__name__)

_seen = ""


def look(client: redis.Redis) -> str:
    """The run id of the Redis of `client`; what it lacks is logged once for each. Raises redis.RedisError."""
    global _seen
    server = cast(dict[str, Any], client.info("server"))
    run_id: str = server["run_id"]
    if run_id != _seen:
        kept = cast(dict[str, Any], client.info("memory")) | cast(dict[str, Any], client.info("persistence"))
        _seen = run_id
        for sentence in lacking(server | kept):
            logger.warning("%s (docs/operations.md, Redis)", sentence)
    return run_id


def lacking(info: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a Redis that answers this to INFO. What it does not say is taken to be well."""
    version = str(info.get("redis_version", ""))
    if _is_too_old(version):
        yield f"Redis {version} is too old: Pushboard needs Redis 7.0 or newer, or Valkey"
    policy = info.get("maxmemory_policy", KEEPS_ALL)
    if policy != KEEPS_ALL:
        yield f"Redis may delete tasks when memory runs short: set its maxmemory-policy to {KEEPS_ALL}, not to {policy}"
    if info.get("aof_enabled", 1) == 0:
        yield "Redis may forget tasks when it restarts: set its appendonly to yes"


def _is_too_old(version: str) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is not None and tuple(map(int, numbers.groups())) < OLDEST

"""What Redis refuses: for now only, as it is full, a replica, still loading; or for good."""

import re

import redis

WORDS = re.compile(r"(^|: )(MISCONF|OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|TRYAGAIN|BUSY)\b")

TYPES = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.ClusterDownError,
    redis.exceptions.TryAgainError,
)


def is_passing(error: BaseException) -> bool:
    """Whether it is worth another try. From some errors redis-py cuts off the word that says so."""
    refused = isinstance(error, redis.ResponseError)
    return refused and (isinstance(error, TYPES) or bool(WORDS.search(str(error))))


def is_for_good(error: redis.RedisError) -> bool:
    """Whether Redis, or its client, will never take it."""
    return isinstance(error, redis.DataError) or (type(error) is redis.ResponseError and not is_passing(error))

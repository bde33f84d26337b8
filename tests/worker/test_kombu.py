"""What worker/broker.py and worker/taking.py take for granted of kombu: whoever updates kombu looks here first."""

import hashlib
import inspect
from typing import Any

import pytest
from kombu.transport import redis as kombu_redis
from kombu.transport import virtual

from worker.broker import Channel, QoS, Transport, WorkerConnection

SOURCES = {
    kombu_redis.QoS.append: "35c655f6ecc62fe6",
    kombu_redis.QoS.ack: "1bc15a4ddf541af6",
    kombu_redis.QoS.reject: "747a02434344d1a6",
    kombu_redis.QoS.restore_unacked: "8954efef014d546e",
    kombu_redis.QoS.restore_visible: "56ab7a42978335ce",
    kombu_redis.QoS.restore_by_tag: "58e161d81b6fe18d",
    kombu_redis.Channel._brpop_start: "f2f311d862e9db9b",
    kombu_redis.MultiChannelPoller._register_BRPOP: "85724582464a615f",
    kombu_redis.MultiChannelPoller.on_poll_start: "917c5246cbe0b9ec",
    kombu_redis.MultiChannelPoller.on_readable: "2e3460efd00f2d8b",
    kombu_redis.MultiChannelPoller.get: "92567718b597b624",
    kombu_redis.Channel._brpop_read: "9a9f7f5a6ad96f48",
    kombu_redis.Channel._receive_one: "41430251b88dd647",
    kombu_redis.Channel._do_restore_message: "fccdf81a0220c560",
    kombu_redis.Channel.close: "101e9b9cdad44b88",
    kombu_redis.Channel.conn_or_acquire: "25883caca6c4121e",
    virtual.Message.__init__: "c90d08ccfa2e3e9a",
    virtual.QoS.append: "b388f0cd6485c28a",
    virtual.QoS.ack: "0714292b916fecb2",
    virtual.QoS.can_consume: "787f80092f8d7e51",
    virtual.QoS.restore_unacked_once: "b6f39468874eecc8",
    virtual.Channel.basic_consume: "0fec962694938b61",
    virtual.Channel.basic_ack: "3b4278c757b44675",
    virtual.Channel.basic_reject: "d49bbd211da77d0d",
    virtual.Channel.close: "26368e1cadfc4ff9",
    virtual.Channel._lookup: "82b0e60149b5e172",
    virtual.Transport._deliver: "799e242f3ec53863",
}
"""What we override or call, by the SHA-256 of its source. If one differs: read what changed, adapt, write it down."""


def digest(of: Any) -> str:
    return hashlib.sha256(inspect.getsource(of).encode()).hexdigest()[:16]


@pytest.mark.parametrize("of", SOURCES, ids=lambda of: of.__qualname__)
def test_kombu_still_does_it_this_way(of: Any) -> None:
    assert digest(of) == SOURCES[of]


@pytest.mark.parametrize("url", ["redis://h/0", "rediss://h/0?ssl_cert_reqs=none", "redis+socket:///r.sock"])
def test_a_worker_speaks_to_redis_through_our_transport(url: str) -> None:
    transport = WorkerConnection(url).get_transport_cls()
    assert transport is Transport and transport.Channel is Channel and Channel.QoS is QoS


@pytest.mark.parametrize("url", ["amqp://h//", "memory://", "sentinel://h:26379"])
def test_a_worker_speaks_to_other_brokers_as_kombu_does(url: str) -> None:
    assert WorkerConnection(url).get_transport_cls().__module__.startswith("kombu.")

"""What a hostile client may send on a WebSocket or by long polling: each a name and bytes, or texts, to send."""

import json

from tests.faults.crowd import frame

MESSAGES = {
    "no packet at all": "",
    "an unknown packet": "9",
    "an open packet": '0{"sid":"x"}',
    "a payload that is JSON": '4{"room":"board"}',
    "deep lists": "42" + "[" * 60_000,
    "a long integer": "42[" + "9" * 60_000 + "]",
    "an event that is an object": "42{}",
    "an event without a name": "42[]",
    "an event whose name is an object": '42[{"a":1}]',
    "an event named connect": '42["connect"]',
    "an event named disconnect": '42["disconnect"]',
    "an acknowledgement id of 101 digits": "42" + "1" * 101 + '["subscribe"]',
    "attachments that never come": '451-["subscribe",{"_placeholder":true,"num":0}]',
    "very many attachments": '459999999999-["subscribe"]',
    "an acknowledgement nobody asked for": "431[]",
    "another namespace": '40/admin,{"token":"x"}',
    "no JSON": '42["subscribe"',
    "a base64 packet": "bAAAA",
    "an unknown kind of message": "49",
}
"""Texts, each the one message after hello; each must end the connection with one line."""

FRAMES = {
    "a frame of 2 MB": frame(b"42" + b"x" * 2_000_000),
    "an unmasked frame": frame(b"40", masked=False),
    "reserved bits": frame(b"40", reserved=7),
    "no UTF-8": frame(b'42["\xff\xfe"]'),
    "binary data": frame(b"\x00\x01", opcode=2),
    "a fragment of a control frame": frame(b"", opcode=9, final=False),
    "an unknown opcode": frame(b"", opcode=11),
    "a continuation of nothing": frame(b"x", opcode=0),
    "3,000 fragments of 60,000 bytes": frame(b"42", final=False) + frame(b"x" * 60_000, opcode=0, final=False) * 3_000,
    "20,000 pings": frame(b"x" * 125, opcode=9) * 20_000,
}
"""Bytes, each all that is sent after hello; each must end the connection."""

NO_MESSAGES = {
    "17 packets": ("\x1e".join(["3"] * 17)).encode(),
    "no UTF-8": b"4\xff\xfe",
    "an empty packet": b"3\x1e\x1e3",
    "an upgrade": b"5",
    "a base64 packet": b"bAAAA",
    "JSONP": b"d=" + json.dumps('42["subscribe"]').encode(),
}
"""Bodies of long polling; each must be answered 400."""

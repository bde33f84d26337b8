"""Compresses pages and JSON on their way out.

What is compressed together with something that an attacker may choose tells him, by its length, about the rest
(BREACH). There is nothing here for him: no page and no JSON holds a secret. The session is in a cookie, and against
forged requests there are no tokens, but Origin and SameSite (`guard.py`). Socket.IO's answers do not pass here.
"""

import gzip

from flask import Flask, Response, request

KINDS = frozenset({"text/html", "application/json"})
LEAST_BYTES = 600
"""What fits in one packet anyway gains nothing."""


def register(app: Flask) -> None:
    """Compress what is worth it, for those who take it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in KINDS or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    headers = response.headers
    is_as_it_was_made = "Content-Encoding" not in headers and "ETag" not in headers and "Content-Range" not in headers
    body = response.get_data() if is_as_it_was_made else b""
    if len(body) >= LEAST_BYTES and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, compresslevel=6, mtime=0))
        headers["Content-Encoding"] = "gzip"
    return response
